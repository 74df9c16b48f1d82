/**
 * Every column that holds a secret: what a new data key has to encrypt again. Tables are keyed by `org_id` and `id`, and a
 * test finds columns named `encrypted_…` that are missing here.
 */
export const ENCRYPTED_COLUMNS = [
  { table: 'connectors', column: 'encrypted_credentials' },
  { table: 'model_credentials', column: 'encrypted_key' },
  { table: 'secrets', column: 'encrypted_value' },
] as const;

/** Which cell a secret belongs to. A secret copied to any other cell does not open. */
export type Cell = (typeof ENCRYPTED_COLUMNS)[number] & { rowId: string };
