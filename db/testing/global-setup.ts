import { randomBytes } from 'node:crypto';
import { startPostgres } from './postgres';

/** Once for all test files: a real PostgreSQL with the newest schema. Each test makes its own organization in it. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  await server.createDatabase('muster');
  Object.assign(process.env, {
    DATABASE_URL: server.url('muster'),
    MUSTER_MASTER_KEY: randomBytes(32).toString('base64'),
    AUTH_SECRET: randomBytes(32).toString('base64'),
    INNGEST_SIGNING_KEY: `signkey-test-${randomBytes(32).toString('hex')}`,
    INNGEST_EVENT_KEY: 'test',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
  });
  const { migrateDatabase } = await import('../migrate');
  await migrateDatabase();
  return () => server.stop();
}
