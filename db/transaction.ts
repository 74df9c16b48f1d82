import { PgDialect } from 'drizzle-orm/pg-core';
import { PostgresJsSession, PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { type Db as Database, isEmbedded, prepared, sharedSql } from './client';

type Db = Parameters<Parameters<Database['transaction']>[0]>[0];
/** Writes statements as tagged templates, for those that run often: cheaper than through Drizzle. Dates and JSON come as text. */
export type Sql = postgres.ReservedSql;
export type Statement<T extends postgres.Row> = postgres.PendingQuery<T[]>;
/** What is set for a transaction, by name. Sent with BEGIN in one message, and that with the first statement in one round trip. */
export type Settings = Readonly<Record<string, string>>;

export interface Transaction {
  db: Db;
  sql: Sql;
  /**
   * Sends the last statement with COMMIT right behind it, which saves a round trip. When it fails nothing is committed; what
   * is thrown after it undoes nothing.
   */
  last<T extends postgres.Row>(statement: Statement<T>): Statement<T>;
}

/** What postgres.js hands to `onexecute`; `reserved` is null once the connection is gone, another's when it is back. */
interface Connection {
  reserved: unknown;
  onclose: ((error: Error) => void) | null;
}

/** The server is gone, or went away in the middle: nothing was committed unless it was the commit that got no answer. */
class ConnectionLost extends Error {
  readonly code = 'CONNECTION_CLOSED';
  constructor() {
    super('The connection to the database was lost.');
  }
}

const dialect = new PgDialect();

/** False since a connection was lost or could not be made, until one can. */
let isReachable = true;

/**
 * A connection of our own. postgres.js forgets to forget a reservation whose connection could not be made, and hands a later
 * connection to nobody for it: while the database is away, it is asked by a plain statement first.
 */
async function reserve(): Promise<Sql> {
  if (!isReachable) {
    await sharedSql().unsafe('select 1');
    isReachable = true;
  }
  try {
    return await sharedSql().reserve();
  } catch (error) {
    isReachable = false;
    throw error;
  }
}

/** An identifier or an id: nothing that would have to be quoted. */
const PLAIN = /^[\w.-]+$/;

/** @throws Error for a name or value that is no plain word: they are written into the statement. */
function opening(settings: Settings): string {
  const sets = Object.entries(settings).map(([name, value]) => {
    if (!PLAIN.test(name) || !PLAIN.test(value)) throw new Error(`${name} cannot be set to what is given.`);
    return `; set local ${name} = '${value}'`;
  });
  return `begin${sets.join('')}`;
}

/**
 * A connection on which BEGIN and its settings are under way. Nothing is waited for: what follows is sent right behind, and
 * when one of these fails, PostgreSQL refuses everything behind it.
 */
async function begin(settings: Settings) {
  const text = opening(settings);
  const sql = prepared(await reserve());
  let connection: Connection | undefined;
  let reservation: unknown;
  let lose = (_error: Error): void => {};
  // What postgres.js still holds back for a reserved connection is forgotten with it, and would be waited for for ever.
  const lost = new Promise<never>((_, reject) => {
    lose = (error) => {
      isReachable = false;
      reject(error);
    };
  });
  lost.catch(() => {});
  const onexecute = (used: Connection) => {
    connection = used;
    reservation = used.reserved;
    used.onclose = lose;
    return true;
  };
  const options: postgres.UnsafeQueryOptions = { onexecute } as object;
  const begun = sql.unsafe(text, [], options).execute();
  // Whoever waits for what comes behind it is told.
  begun.catch(() => {});
  return {
    sql,
    begun,
    /** What `work` gives. @throws once the connection is gone, whatever `work` still waits for */
    unlessLost: <T>(work: Promise<T>): Promise<T> => Promise.race([work, lost]),
    /** A lost connection must neither be written to nor given back: postgres.js opens it anew for others. */
    isLost: () => connection !== undefined && connection.reserved !== reservation,
  };
}

/** Everything in `work` happens, or nothing of it. */
export async function transaction<T>(settings: Settings, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const { sql, begun, isLost, unlessLost } = await begin(settings);
  let committed: Promise<unknown> | undefined;
  const guarded = guard(sql, () => {
    if (isLost()) throw new ConnectionLost();
    if (committed) throw new Error('A statement came behind the last one of its transaction.');
  });
  const last: Transaction['last'] = (statement) => {
    statement.execute();
    committed = guarded.unsafe('commit').execute();
    // Whoever waits for the statement is told.
    committed.catch(() => {});
    return statement;
  };
  try {
    // What Drizzle makes inside of its own `transaction`, which waits for BEGIN.
    const session = new PostgresJsSession(guarded as unknown as postgres.Sql, dialect, undefined);
    const db = new PostgresJsTransaction(dialect, session as never, undefined) as unknown as Db;
    const result = await unlessLost(work({ db, sql: guarded, last }));
    await unlessLost(begun);
    await unlessLost(committed ?? guarded.unsafe('commit').execute());
    return result;
  } catch (error) {
    if (!isLost()) await unlessLost(committed ?? sql.unsafe('rollback').execute()).catch(() => {});
    // Behind a BEGIN that failed, every statement fails for a reason that says nothing.
    await unlessLost(begun);
    throw error;
  } finally {
    if (!isLost()) sql.release();
  }
}

/** One statement as a transaction of its own, in one round trip. */
export async function statement<T extends postgres.Row>(
  settings: Settings,
  text: (sql: Sql) => Statement<T>,
): Promise<T[]> {
  const { sql, begun, isLost, unlessLost } = await begin(settings);
  const answer = text(sql).execute();
  const commit = sql.unsafe('commit').execute();
  const all = Promise.allSettled([begun, answer, commit]);
  // The embedded database has one connection: the next transaction is sent behind this one instead of waiting for its
  // end. What postgres.js still holds back, until a statement is prepared, would be lost with the connection.
  await undefined;
  const isSent = isEmbedded && (commit as { state?: unknown }).state != null;
  if (isSent) sql.release();
  let results: Awaited<typeof all>;
  try {
    results = await unlessLost(all);
  } finally {
    if (!isSent && !isLost()) sql.release();
  }
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return answer;
}

/** Checks before every statement: on a connection that is gone, postgres.js would send it on the next one, outside of the transaction. */
function guard(sql: Sql, refuse: () => void): Sql {
  const { unsafe } = sql;
  const tagged = (...args: Parameters<Sql>) => {
    refuse();
    return sql(...args);
  };
  return Object.assign(tagged, sql, {
    unsafe: ((...args: Parameters<Sql['unsafe']>) => {
      refuse();
      return unsafe(...args);
    }) as Sql['unsafe'],
  }) as Sql;
}
