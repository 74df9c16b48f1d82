import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { causesOf } from '@/lib/causes';
import { env } from '@/lib/env';
import type { EmbeddedDatabase } from './embedded';
import { gatheringSockets } from './gathering-socket';

export type Db = PostgresJsDatabase;

/** True when PGlite serves the database: one connection, one process, no LISTEN. */
export const isEmbedded = !env.DATABASE_URL;

/** A server that is away is asked again at once, not after a growing pause: its return is noticed within a second. */
const RECONNECT = { connect_timeout: 5, backoff: () => 0.1 };
/** Nobody answers, the line broke, or PostgreSQL is starting, stopping, or has no connection to spare. */
const AWAY = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
  ...['CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006'],
]);

/** True for a failure of the connection, not of what was said over it. */
export const isDatabaseAway = (error: unknown): boolean => {
  for (const { code } of causesOf(error)) if (code !== undefined && AWAY.has(String(code))) return true;
  return false;
};

/**
 * Drizzle sends every statement through `unsafe` and asks not to prepare it, so that it would be parsed and planned anew
 * each time, in two round trips. Here the same text is prepared once for each connection.
 */
export function prepared<T extends postgres.ISql>(client: T): T {
  const { unsafe } = client;
  const preparing: typeof unsafe = (query, args, options) =>
    unsafe(query, args, { ...options, prepare: args !== undefined && args.length > 0 });
  return Object.assign(client, { unsafe: preparing });
}

// Next bundles pages, route handlers and the start script apart; one process still wants one pool.
const shared = globalThis as typeof globalThis & {
  musterDb?: { sql: postgres.Sql; db: Db };
  musterEmbedded?: EmbeddedDatabase;
};

/**
 * Opens a connection pool to the configured database.
 * The embedded database has one connection at a time, whatever is asked for.
 */
export function openPool(max = env.DATABASE_POOL_SIZE): postgres.Sql {
  const common = { onnotice: () => {}, connection: { application_name: 'muster' } };
  if (env.DATABASE_URL) {
    const options = { ...common, ...RECONNECT, max, idle_timeout: 300, socket: gatheringSockets() };
    return prepared(postgres(env.DATABASE_URL, options));
  }
  if (shared.musterEmbedded) return prepared(shared.musterEmbedded.open(common));
  throw new Error('No database: set DATABASE_URL, or start with npm start, which brings an embedded one.');
}

/** Says which embedded database `openPool` means. */
export function setEmbeddedDatabase(database: EmbeddedDatabase): void {
  shared.musterEmbedded = database;
}

function pool(): { sql: postgres.Sql; db: Db } {
  if (!shared.musterDb) {
    const sql = openPool();
    shared.musterDb = { sql, db: drizzle(sql) };
  }
  return shared.musterDb;
}

/**
 * The process-wide database handle, as the login role. Only `server/context.ts` and the embedded runner use it:
 * everything about a tenant goes through `withTenant`. Inside a transaction use the transaction, never this:
 * with one connection it would wait for itself.
 */
export const database = (): Db => pool().db;

/** The pool under `database()`. */
export const sharedSql = (): postgres.Sql => pool().sql;

/** Closes the pool; a later `database()` opens a new one. */
export async function closeDatabase(): Promise<void> {
  const open = shared.musterDb;
  shared.musterDb = undefined;
  await open?.sql.end({ timeout: 5 });
}
