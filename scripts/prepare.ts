import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivate(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Reads JSON; undefined when there is no such file. */
export function readJsonFile<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Gives the server the secrets that its environment does not set: made once, kept in the data directory. Has to run
 * before anything reads `lib/env`.
 */
export function prepareSecrets(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'secrets.json');
  const kept = readJsonFile<Record<string, string>>(path) ?? {};
  const secrets: Record<string, string> = {
    AUTH_SECRET: kept.AUTH_SECRET ?? randomBytes(32).toString('base64'),
    MUSTER_MASTER_KEY: kept.MUSTER_MASTER_KEY ?? randomBytes(32).toString('base64'),
    // With a real Inngest its keys come from the environment; these are the embedded runner's own.
    ...(process.env.INNGEST_BASE_URL
      ? {}
      : {
          INNGEST_SIGNING_KEY: kept.INNGEST_SIGNING_KEY ?? `signkey-muster-${randomBytes(32).toString('hex')}`,
          INNGEST_EVENT_KEY: kept.INNGEST_EVENT_KEY ?? randomBytes(24).toString('hex'),
        }),
  };
  if (Object.keys(secrets).some((name) => kept[name] === undefined)) {
    writePrivate(path, `${JSON.stringify({ ...kept, ...secrets }, null, 2)}\n`);
  }
  for (const [name, value] of Object.entries(secrets)) process.env[name] ||= value;
}
