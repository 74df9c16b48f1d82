import type { TenantContext } from '../context';
import { decryptSecret } from '../secrets/encryption';
import { rememberSecret } from '../secrets/redaction';
import type { Opened } from './opened';
import type { StoredConnector } from './queries';

export const credentialsCell = (rowId: string) =>
  ({ table: 'connectors', column: 'encrypted_credentials', rowId }) as const;

/** A connector with its credentials; from here on, no result repeats them. */
export async function openStored(tx: TenantContext, stored: StoredConnector): Promise<Opened> {
  const text = await decryptSecret(tx, stored.encryptedCredentials, credentialsCell(stored.id));
  const credentials = JSON.parse(text) as Record<string, string>;
  for (const value of Object.values(credentials)) rememberSecret(tx.org.id, `of ${stored.name}`, value);
  // Written by `createConnector` from what the contract of its kind says.
  return {
    orgId: tx.org.id,
    name: stored.name,
    kind: stored.kind,
    settings: stored.settings,
    credentials,
  } as unknown as Opened;
}
