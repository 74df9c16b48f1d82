import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readJsonFile, writePrivate } from './prepare';
import { failStart } from './serve';

/**
 * The runner as a process of its own, which plays the Inngest server for every app that registers:
 * `npm run runner [-- --app http://localhost:3000/api/inngest] [-- --dev]`. On DATABASE_URL any number of them share the
 * work; without, one has an embedded database in MUSTER_DATA_DIR.
 */
const USAGE = `npm run runner -- [--app <address of an app's serve endpoint>]… [--dev] [--retry-interval <seconds>]
  --app  asks this app for its functions at the start; others register by themselves
  --dev  listens on this machine alone and asks nobody for a key
  --retry-interval <seconds>  between all attempts, instead of 15 s, 30 s, 1, 2, 5, 10 min`;

interface Keys {
  INNGEST_SIGNING_KEY: string;
  INNGEST_EVENT_KEY: string;
}

const DRAIN_MS = 10_000;

/** The keys of the environment; what it does not set is made once. @returns whether any had to be made now. */
function prepareKeys(dataDir: string): boolean {
  const path = join(dataDir, 'keys.json');
  const kept = readJsonFile<Partial<Keys>>(path) ?? {};
  const keys: Keys = {
    INNGEST_SIGNING_KEY: kept.INNGEST_SIGNING_KEY ?? `signkey-muster-${randomBytes(32).toString('hex')}`,
    INNGEST_EVENT_KEY: kept.INNGEST_EVENT_KEY ?? randomBytes(24).toString('hex'),
  };
  const needed = Object.entries(keys).filter(([name]) => !process.env[name]);
  const isNew = needed.some(([name]) => kept[name as keyof Keys] === undefined);
  if (isNew) writePrivate(path, `${JSON.stringify(keys, null, 2)}\n`);
  for (const [name, value] of needed) process.env[name] = value;
  return isNew;
}

async function start(): Promise<void> {
  const { values } = parseArgs({
    options: {
      app: { type: 'string', multiple: true },
      dev: { type: 'boolean' },
      'retry-interval': { type: 'string' },
    },
  });
  const retryMs = values['retry-interval'] && Math.max(1, Number(values['retry-interval']) || 1) * 1000;
  const dataDir = join(resolve(process.env.MUSTER_DATA_DIR || '.muster'), 'runner');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const madeKeys = !values.dev && prepareKeys(dataDir);

  // Imported late: these read the environment, which the lines above complete.
  const { startEmbeddedDatabase } = await import('../db/embedded');
  const embedded = process.env.DATABASE_URL ? undefined : await startEmbeddedDatabase({ dataDir });
  const { closeDatabase, setEmbeddedDatabase } = await import('../db/client');
  if (embedded) setEmbeddedDatabase(embedded);
  const { env } = await import('../lib/env');
  const { migrateDatabase } = await import('../db/migrate');
  await migrateDatabase();
  const { createEmbeddedRunner, createRunnerServer } = await import('../inngest/embedded');
  const { log } = await import('../server/log');
  const runner = createEmbeddedRunner({
    signingKey: env.INNGEST_SIGNING_KEY ?? '',
    signingKeyFallback: env.INNGEST_SIGNING_KEY_FALLBACK,
    eventKey: env.INNGEST_EVENT_KEY ?? '',
    open: values.dev,
    backoffMs: retryMs ? [retryMs] : undefined,
    exclusive: embedded !== undefined,
    concurrency: env.MUSTER_RUNNER_CONCURRENCY,
    retentionDays: env.MUSTER_RUNNER_RETENTION_DAYS,
    log: log.child({ part: 'runner' }),
  });
  await runner.start();
  const server = createRunnerServer(runner);
  await new Promise<void>((listening, fail) => {
    server.once('error', fail);
    server.listen(env.MUSTER_RUNNER_PORT, values.dev ? '127.0.0.1' : undefined, listening);
  });
  for (const app of values.app ?? []) await runner.sync(app);

  const stop = async () => {
    setTimeout(() => process.exit(1), 2 * DRAIN_MS).unref();
    // Steps at work still have to reach us while we wait for them.
    await runner.stop({ drainMs: DRAIN_MS });
    server.close();
    server.closeAllConnections();
    await closeDatabase();
    await embedded?.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void stop().catch(failStart));

  if (madeKeys) {
    console.log(`Keys for apps, kept in ${join(dataDir, 'keys.json')}:`);
    console.log(`  INNGEST_SIGNING_KEY=${env.INNGEST_SIGNING_KEY}\n  INNGEST_EVENT_KEY=${env.INNGEST_EVENT_KEY}`);
  }
  console.log(`ready http://localhost:${env.MUSTER_RUNNER_PORT}`);
}

try {
  if (process.argv.includes('--help')) console.log(USAGE);
  else await start();
} catch (error) {
  failStart(error);
}
