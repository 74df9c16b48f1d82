import { PgDialect } from 'drizzle-orm/pg-core';
import { PostgresJsSession, PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import { LRUCache } from 'lru-cache';
import type postgres from 'postgres';
import { type Lanes, lanes } from '@/lib/lanes';
import { type Db as Database, isEmbedded, sharedSql } from './client';

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

/** What postgres.js hands to `onexecute`; `reserved` is null once the connection is gone, another's when it is back. */
interface Connection {
  reserved: unknown;
  onclose: ((error: Error) => void) | null;
}

/** A statement of postgres.js: what it calls with it once it is executed, and how one is marked that was handed over otherwise. */
interface Query extends Promise<unknown> {
  strings: unknown;
  args: unknown;
  options: unknown;
  handler: (query: Query) => void;
  canceller: unknown;
  executed: boolean;
  state: unknown;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The same statement, to be sent once more. */
function again(query: Query): Query {
  const Statement = query.constructor as new (...given: unknown[]) => Query;
  return new Statement(query.strings, query.args, query.handler, query.canceller, query.options);
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

/** A connection for one transaction, or for several of one statement each, one behind the other. */
class Lease {
  readonly ready = this.open();
  private sql: Sql | undefined;
  /** How postgres.js is handed statements that were written before there was a connection for them. */
  private hand: Query['handler'] = () => {};
  private connection: Connection | undefined;
  private reservation: unknown;
  private isHeld = true;
  private readonly losers: ((error: Error) => void)[] = [];

  private async open(): Promise<this> {
    this.sql = await reserve();
    this.hand = (this.sql.unsafe('') as unknown as Query).handler;
    return this;
  }

  /**
   * Sends BEGIN and its settings, and what is to go behind: nothing is waited for, and when one of them fails, PostgreSQL
   * refuses everything up to the end of the transaction.
   * @param lose called when the connection is gone
   */
  begin(text: string, queries: readonly Query[], lose: (error: Error) => void): Query {
    this.losers.push(lose);
    const begin = (this.sql as Sql).unsafe(text, [], { onexecute: this.watch } as object) as unknown as Query;
    this.add(begin);
    for (const query of queries) this.add(query);
    return begin;
  }

  commit(): Query {
    const commit = (this.sql as Sql).unsafe('commit') as unknown as Query;
    this.add(commit);
    return commit;
  }

  add(query: Query): void {
    query.executed = true;
    if (this.isLost()) query.reject(new ConnectionLost());
    else this.hand(query);
  }

  private readonly watch = (connection: Connection): true => {
    this.connection ??= connection;
    this.reservation ??= connection.reserved;
    connection.onclose = (error) => {
      isReachable = false;
      for (const lose of this.losers) lose(error);
    };
    return true;
  };

  /** On a connection that is gone, postgres.js would send a statement on the next one, outside of its transaction. */
  private isLost = (): boolean =>
    this.isHeld && this.connection !== undefined && this.connection.reserved !== this.reservation;

  /** A lost connection must neither be written to nor given back: postgres.js opens it anew for others. */
  giveBack(): void {
    if (!this.isHeld || this.isLost()) return;
    this.isHeld = false;
    this.sql?.release();
  }
}

/** A transaction of one statement, on its way with others. */
interface Passenger {
  /** Its BEGIN. */
  text: string;
  query: Query;
  order: string | undefined;
}

/** How many travel on one connection at most, as one transaction and each as its own: a lock that one waits for, all wait for. */
const SEATS = { together: 32, apart: 8 };

/**
 * How many of an organization that are not full are on their way at once. With more of them each carries less, and PostgreSQL's
 * processes, where they share the machine with this one, take turns with it: a run costs a tenth more.
 */
const TRIPS_AT_ONCE = 2;

/** One that waits longer than this for a lock holds up the others: each is sent by itself then. */
const LOCK_PATIENCE = `set local lock_timeout = '100ms'`;

interface Trip {
  passengers: Passenger[];
  /** Now, if it has not gone yet. */
  go(): Promise<void>;
}

/** Trips that have not begun yet, by how and for which organization: none of them waits for another organization's. */
const boarding = new Map<string, Trip>();

const ways = new LRUCache<string, Lanes>({ max: 1_000, memoMethod: () => lanes(TRIPS_AT_ONCE) });

/**
 * Takes along a transaction of one statement. Those of an organization that begin in the same moment, or while two others
 * are on their way, share a connection: PostgreSQL is woken once for all of them. What is full waits for no other.
 */
function board(org: string, passenger: Passenger): void {
  const way = passenger.order === undefined ? 'apart' : 'together';
  const key = `${way} ${org}`;
  const near = boarding.get(key);
  if (near && near.passengers.length < SEATS[way]) {
    near.passengers.push(passenger);
    if (near.passengers.length === SEATS[way]) void near.go();
    return;
  }
  const trip: Trip = {
    passengers: [passenger],
    go: () => {
      trip.go = async () => {};
      return depart(trip, key);
    },
  };
  boarding.set(key, trip);
  ways.memo(org)(() => trip.go());
}

async function depart(trip: Trip, key: string): Promise<void> {
  const leave = () => {
    if (boarding.get(key) === trip) boarding.delete(key);
  };
  try {
    const lease = await new Lease().ready;
    // What is sent in this turn of the event loop is written at its end.
    await new Promise((turn) => setImmediate(turn));
    leave();
    await travel(lease, trip.passengers);
  } catch (error) {
    leave();
    reject(trip.passengers, error as Error);
  }
}

/** Those that may be one transaction, in the order of their locks; every other by itself. */
function groupsOf(passengers: readonly Passenger[]): Passenger[][] {
  const groups = Map.groupBy(passengers, (passenger) => (passenger.order === undefined ? passenger : passenger.text));
  const byOrder = (a: Passenger, b: Passenger) => ((a.order ?? '') < (b.order ?? '') ? -1 : 1);
  return [...groups.values()].map((group) => group.sort(byOrder));
}

async function travel(lease: Lease, passengers: readonly Passenger[]): Promise<void> {
  const groups = groupsOf(passengers).map((group) => carry(lease, group));
  const isSent = groups.flatMap(({ sent }) => sent).every(({ state }) => state != null);
  // The embedded database has one connection: the next transaction is sent behind these instead of waiting for their end.
  // What postgres.js still holds back, until a statement is prepared, would be lost with the connection.
  if (isEmbedded && isSent) lease.giveBack();
  const left = (await Promise.all(groups.map(({ left }) => left))).flat();
  lease.giveBack();
  await Promise.all(left.map(travelAlone));
}

/**
 * Sends transactions as one.
 * @returns those to be sent by themselves: something of it has failed, and nothing of it has happened
 */
function carry(lease: Lease, group: readonly Passenger[]): { sent: Query[]; left: Promise<readonly Passenger[]> } {
  const lost = Promise.withResolvers<Error>();
  const queries = group.map(({ query }) => again(query));
  const [{ text = '' } = {}] = group;
  const begin = lease.begin(group.length > 1 ? `${text}; ${LOCK_PATIENCE}` : text, queries, lost.resolve);
  const sent = [begin, ...queries, lease.commit()];
  const left = async () => {
    // All of them: a connection given back before would take what is left of this to whoever is next.
    const outcome = await Promise.race([Promise.allSettled(sent), lost.promise]);
    if (outcome instanceof Error) return reject(group, outcome);
    const problem = outcome.find((one) => one.status === 'rejected');
    // Without an answer to COMMIT, all of it may have happened.
    const isOver = outcome.at(-1)?.status === 'fulfilled';
    if (problem) return isOver && group.length > 1 ? group : reject(group, problem.reason);
    for (const [at, { query }] of group.entries()) query.resolve(await queries[at]);
    return [];
  };
  return { sent, left: left() };
}

function reject(passengers: readonly Passenger[], error: Error): [] {
  for (const { query } of passengers) query.reject(error);
  return [];
}

async function travelAlone(passenger: Passenger): Promise<void> {
  try {
    const lease = await new Lease().ready;
    await carry(lease, [passenger]).left;
    lease.giveBack();
  } catch (error) {
    reject([passenger], error as Error);
  }
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
