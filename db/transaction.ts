import { PgDialect } from 'drizzle-orm/pg-core';
import { PostgresJsSession, PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { type Db as Database, sharedSql } from './client';
import { Lease, type Query } from './lease';
import { board } from './trips';

type Db = Parameters<Parameters<Database['transaction']>[0]>[0];
/** Writes statements as tagged templates, for those that run often: cheaper than through Drizzle. Dates and JSON come as text. */
export type Sql = postgres.ReservedSql;
export type Statement<T extends postgres.Row> = postgres.PendingQuery<T[]>;
/** What is set for a transaction, by name. Sent with BEGIN in one message, and that with the first statement in one round trip. */
export type Settings = Readonly<Record<string, string>>;

/** Nothing is sent before its first statement is. */
export interface Transaction {
  db: Db;
  sql: Sql;
  /**
   * Sends the last statement with COMMIT right behind it, which saves a round trip. When it fails nothing is committed; what
   * is thrown after it undoes nothing. When it is the first as well, transactions of its organization that begin in the same
   * moment travel with it.
   * @param order of a statement that locks nothing but what this names: those that travel together are one transaction then,
   * whose locks are taken in this order, so that two of them never wait for each other in a circle
   */
  last<T extends postgres.Row>(statement: Statement<T>, order?: string): Statement<T>;
}

const dialect = new PgDialect();

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

/** One transaction. Its connection is taken when its first statement is sent, and BEGIN goes before that. */
class Open {
  readonly sql: Sql;
  private readonly text: string;
  private readonly org: string;
  private lease: Lease | undefined;
  private opening: Promise<void> | undefined;
  private begun: Promise<unknown> | undefined;
  private commit: Statement<postgres.Row> | undefined;
  /** Its only statement, on its way with others. */
  private carried: Promise<unknown> | undefined;
  private isOver = false;
  /** Why there is no connection. */
  private problem: Error | undefined;
  private readonly waiting: Query[] = [];
  /** What postgres.js still holds back for a connection is forgotten with it, and would be waited for for ever. */
  private readonly gone = Promise.withResolvers<never>();

  constructor(settings: Settings) {
    this.text = opening(settings);
    this.org = settings['app.org_id'] ?? '';
    this.sql = writtenFor(this.send);
    this.gone.promise.catch(() => {});
  }

  private readonly send = (query: Query): void => {
    const problem = this.isOver ? new Error('A statement came behind the last one of its transaction.') : this.problem;
    this.isOver = this.isOver || query === (this.commit as unknown);
    if (problem) {
      query.reject(problem);
      return;
    }
    if (this.lease) this.lease.add(query);
    else this.waiting.push(query);
    this.opening ??= this.open();
  };

  private async open(): Promise<void> {
    try {
      const lease = await new Lease().ready;
      this.begun = lease.begin(this.text, this.waiting, this.gone.reject);
      // Whoever waits for what comes behind it is told.
      this.begun.catch(() => {});
      this.lease = lease;
    } catch (error) {
      this.problem = error as Error;
      for (const query of this.waiting) query.reject(this.problem);
    }
  }

  readonly last: Transaction['last'] = (statement, order) => {
    if (!this.opening && !this.isOver) {
      const query = statement as unknown as Query;
      // Sent by whoever carries it.
      query.executed = true;
      this.isOver = true;
      // Whoever waits for the statement is told.
      this.carried = statement.then(
        () => {},
        () => {},
      );
      board(this.org, { text: this.text, query, order });
      return statement;
    }
    this.commit = this.sql.unsafe('commit');
    statement.execute();
    // Whoever waits for the statement is told.
    this.commit.catch(() => {});
    return statement;
  };

  async during<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await this.unlessLost(work());
      if (this.opening) await this.unlessLost(this.commit ?? this.sql.unsafe('commit'));
      return result;
    } catch (error) {
      if (this.opening) await this.unlessLost(this.commit ?? this.sql.unsafe('rollback')).catch(() => {});
      // Behind a BEGIN that failed, every statement fails for a reason that says nothing.
      if (this.begun) await this.unlessLost(this.begun);
      throw error;
    } finally {
      await this.carried;
      await this.opening;
      this.lease?.giveBack();
    }
  }

  private unlessLost = <T>(work: PromiseLike<T>): Promise<T> => Promise.race([work, this.gone.promise]);
}

/** Everything in `work` happens, or nothing of it. */
export async function transaction<T>(settings: Settings, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const open = new Open(settings);
  const { sql, last } = open;
  // What Drizzle makes inside of its own `transaction`, which waits for BEGIN.
  const session = new PostgresJsSession(sql as unknown as postgres.Sql, dialect, undefined);
  const db = new PostgresJsTransaction(dialect, session as never, undefined) as unknown as Db;
  return open.during(() => work({ db, sql, last }));
}

/** One statement as a transaction of its own, in one round trip. */
export async function statement<T extends postgres.Row>(
  settings: Settings,
  text: (sql: Sql) => Statement<T>,
  order?: string,
): Promise<T[]> {
  const open = new Open(settings);
  return open.during(async () => open.last(text(open.sql), order));
}

/** Writes statements that are handed to `send` when they are executed. */
function writtenFor(send: Query['handler']): Sql {
  const pool = sharedSql();
  const written = <T>(query: T): T => {
    // A list or an identifier has none.
    if (query instanceof Promise) (query as unknown as Query).handler = send;
    return query;
  };
  const tagged = (...args: Parameters<Sql>) => written(pool(...args));
  const unsafe = (...args: Parameters<Sql['unsafe']>) => written(pool.unsafe(...args));
  return Object.assign(tagged, { unsafe }) as unknown as Sql;
}
