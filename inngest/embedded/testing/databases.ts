import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { startEmbeddedDatabase } from '@/db/embedded';
import { env } from '@/lib/env';

/** A migrated database for tests of the runner. */
export interface TestDatabase {
  /** One connection in one process: PGlite. */
  exclusive: boolean;
  sql: postgres.Sql;
  /** The environment by which another process finds it. */
  address: Record<string, string>;
  stop(): Promise<void>;
}

async function migrated(sql: postgres.Sql): Promise<postgres.Sql> {
  await migrate(drizzle(sql), { migrationsFolder: join(import.meta.dirname, '../../../db/migrations') });
  return sql;
}

export async function startPglite(dataDir?: string): Promise<TestDatabase> {
  const server = await startEmbeddedDatabase({ dataDir });
  const sql = server.open();
  return {
    exclusive: true,
    sql: await migrated(sql),
    address: {},
    async stop() {
      await sql.end({ timeout: 5 });
      await server.stop();
    },
  };
}

/** A database of its own on the real Postgres of the test run (`db/testing/global-setup.ts`). */
export async function startPostgres(): Promise<TestDatabase> {
  const url = new URL(env.DATABASE_URL ?? '');
  const name = `runner_${randomUUID().slice(0, 8)}`;
  const admin = postgres(url.href, { onnotice: () => {}, max: 1 });
  await admin.unsafe(`create database ${name}`);
  url.pathname = `/${name}`;
  const sql = postgres(url.href, { onnotice: () => {}, max: 8 });
  return {
    exclusive: false,
    sql: await migrated(sql),
    address: { DATABASE_URL: url.href },
    async stop() {
      await sql.end({ timeout: 5 });
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** The databases every test of the runner runs against. */
export const databases = [
  ['PGlite', () => startPglite()],
  ['Postgres', () => startPostgres()],
] as const;
