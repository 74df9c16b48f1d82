import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedDatabase } from '../embedded';
import { applyMigrations } from '../migrate';

/** A database of its own with the newest schema, for a test that damages it. One connection. */
export interface OwnDatabase {
  sql: postgres.Sql;
  url: string;
  drop(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const quiet = { onnotice: () => {}, max: 1 };

/** On the real PostgreSQL of the test run (`global-setup.ts`). */
export async function makeDatabase(): Promise<OwnDatabase> {
  const url = new URL(process.env.DATABASE_URL ?? '');
  const name = `own_${randomUUID().slice(0, 8)}`;
  const admin = postgres(url.href, quiet);
  await admin.unsafe(`create database ${name}`);
  url.pathname = `/${name}`;
  const sql = postgres(url.href, quiet);
  await applyMigrations(sql, root);
  return {
    sql,
    url: url.href,
    async drop() {
      await sql.end({ timeout: 5 });
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** In PGlite, as it is when nobody sets DATABASE_URL. */
export async function makeEmbeddedDatabase(): Promise<Omit<OwnDatabase, 'url'>> {
  const server = await startEmbeddedDatabase({});
  const sql = server.open(quiet);
  await applyMigrations(sql, root);
  return {
    sql,
    async drop() {
      await sql.end({ timeout: 5 });
      await server.stop();
    },
  };
}
