import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import type postgres from 'postgres';
import { openPool } from './client';

/** Any constant: the advisory lock that lets one process migrate while the others wait. */
const MIGRATION_LOCK = 7_238_114_501;

/**
 * Brings the configured database to the newest schema, with a connection of its own, closed before it returns.
 * @param root the project's directory, where `db/migrations` is.
 */
export async function migrateDatabase(root = process.cwd()): Promise<void> {
  const sql = openPool(1);
  try {
    await applyMigrations(sql, root);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * Brings a database to the newest schema under a lock, then applies `tenancy.sql`, which is safe to repeat.
 * @param sql a pool of one connection: the lock belongs to it.
 */
export async function applyMigrations(sql: postgres.Sql, root: string): Promise<void> {
  await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
  await migrate(drizzle(sql), { migrationsFolder: join(root, 'db/migrations') });
  await sql.unsafe(readFileSync(join(root, 'db/tenancy.sql'), 'utf8')).simple();
  await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`;
}
