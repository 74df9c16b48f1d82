import type postgres from 'postgres';
import { sharedSql } from './client';

/** What postgres.js hands to `onexecute`; `reserved` is null once the connection is gone, another's when it is back. */
interface Connection {
  reserved: unknown;
  onclose: ((error: Error) => void) | null;
}

/** A statement of postgres.js: what it calls with it once it is executed, and how one is marked that was handed over otherwise. */
export interface Query extends Promise<unknown> {
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

/** The server is gone, or went away in the middle: nothing was committed unless it was the commit that got no answer. */
class ConnectionLost extends Error {
  readonly code = 'CONNECTION_CLOSED';
  constructor() {
    super('The connection to the database was lost.');
  }
}

/** False since a connection was lost or could not be made, until one can. */
let isReachable = true;

/**
 * A connection of our own. postgres.js forgets to forget a reservation whose connection could not be made, and hands a later
 * connection to nobody for it: while the database is away, it is asked by a plain statement first.
 */
async function reserve(): Promise<postgres.ReservedSql> {
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

/** A connection for one transaction, or for several of one statement each, one behind the other. */
export class Lease {
  readonly ready = this.open();
  private sql: postgres.ReservedSql | undefined;
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
    const begin = (this.sql as postgres.ReservedSql).unsafe(text, [], {
      onexecute: this.watch,
    } as object) as unknown as Query;
    this.add(begin);
    for (const query of queries) this.add(query);
    return begin;
  }

  commit(): Query {
    const commit = (this.sql as postgres.ReservedSql).unsafe('commit') as unknown as Query;
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
