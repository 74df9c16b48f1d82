type Write = (fields: Record<string, unknown>, message: string) => void;

/** What the runner needs of a pino logger. Fields are ids, counts and errors, never payloads. */
export interface Log {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
