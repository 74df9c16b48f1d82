import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { database } from '@/db/client';
import { Batcher } from './batcher';
import { type MemoisedStep, stepsBody } from './call';
import { ACCEPT, commitStatement } from './commit-statement';
import { type ClaimedJob, claimedJob, type Row } from './job';
import * as statements from './statements';
import {
  type Committed,
  commitOf,
  eventRow,
  type NewEvent,
  type NewRun,
  type NewWait,
  runRow,
  type Transition,
  waitRow,
} from './transition';

type Parameter = string | number | string[] | number[] | null;

export interface Arrival {
  events: NewEvent[];
  runs: NewRun[];
  cancels: NewWait[];
}

/** What became of an arrival: the events that were new, and the runs claimed at once. */
export interface Accepted {
  stored: Set<string>;
  unrouted: string[];
  /** Run id → generation of its first call; null when it is in the queue. */
  calls: Map<string, number | null>;
}

export interface StoreOptions {
  sql?: postgres.Sql;
  owner: string;
  leaseMs: number;
  /** The database belongs to this process alone, on one connection. */
  exclusive: boolean;
}

/** Deadlock, a server that stops or starts, and connections that were lost: worth another try. */
const RETRIED = new Set([
  ...['40P01', '40001', '57P01', '57P02', '57P03', '53300'],
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT'],
]);
const MAX_TRIES = 5;

const isTransient = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && RETRIED.has(error.code);

const list = (ids: string[]) => JSON.stringify(ids.map((id) => ({ n: 0, id })));

/** The shared pool under drizzle: prepared statements are twice as fast, and drizzle has none without a name. */
const sharedPool = (): postgres.Sql => (database() as PostgresJsDatabase & { $client: postgres.Sql }).$client;

/** The runner's state in Postgres. Each method is one statement, except claims of slots. */
export class Store {
  readonly #commits: Batcher<Transition, Committed>;
  readonly #arrivals: Batcher<Arrival, Accepted>;
  /** Statements sent so far. */
  statements = 0;
  /** Runs begun so far. */
  runs = 0;

  constructor(readonly options: StoreOptions) {
    const lanes = options.exclusive ? 1 : 3;
    this.#commits = new Batcher(
      (batch) => this.#commit(batch),
      lanes,
      (t) => [t.runId, ...t.done.map((step) => step.runId).filter((id) => id !== t.runId)],
    );
    this.#arrivals = new Batcher(
      (batch) => this.#accept(batch),
      lanes,
      (a) => a.events.flatMap((event) => [event.id, ...(event.dedupeKey ? [`key:${event.dedupeKey}`] : [])]),
    );
  }

  commit(transition: Transition): Promise<Committed> {
    return this.#commits.push(transition);
  }

  accept(arrival: Arrival): Promise<Accepted> {
    return this.#arrivals.push(arrival);
  }

  /** Claims due jobs that need no slot. */
  async claim(fnIds: string[], most: number): Promise<ClaimedJob[]> {
    const { owner, leaseMs } = this.options;
    return (await this.#query(statements.CLAIM, [owner, leaseMs, fnIds, most])).map(claimedJob);
  }

  /** Claims due jobs as far as their slots are free; `more` tells whether others have to wait for one. */
  async claimLimited(fnIds: string[], most: number): Promise<{ jobs: ClaimedJob[]; more: boolean }> {
    const { owner, leaseMs, exclusive } = this.options;
    const parameters = [owner, leaseMs, fnIds, most];
    const rows = exclusive
      ? await this.#query(statements.CLAIM_LIMITED, parameters)
      : await this.#claimLocked(parameters);
    return {
      jobs: rows.filter((row) => row.run_id !== null).map(claimedJob),
      more: rows.some((row) => row.more === true),
    };
  }

  #claimLocked(parameters: Parameter[]): Promise<Row[]> {
    this.statements += 2;
    return this.#sql().begin(async (tx) => {
      await tx.unsafe(statements.SLOTS_LOCK);
      return await tx.unsafe<Row[]>(statements.CLAIM_LIMITED, parameters, { prepare: true });
    });
  }

  loadRuns = (ids: string[]) => this.#query(statements.LOAD_RUNS, [list(ids)]);
  candidates = (events: { id: string; name: string; keys?: string[] }[]) =>
    this.#query(statements.CANDIDATES, [JSON.stringify(events.map((event) => ({ n: 0, ...event })))]);
  /** Memoised steps by run, in the order of their completion. */
  async steps(runIds: string[]): Promise<Map<string, MemoisedStep[]>> {
    const steps = new Map<string, MemoisedStep[]>();
    for (const row of runIds.length > 0 ? await this.#query(statements.LOAD_STEPS, [list(runIds)]) : []) {
      const known = steps.get(String(row.run_id)) ?? [];
      known.push({ id: String(row.id), failed: row.failed === true, value: String(row.value) });
      steps.set(String(row.run_id), known);
    }
    return steps;
  }

  async state(runId: string): Promise<{ batch: string; actions: string } | undefined> {
    const [run] = await this.loadRuns([runId]);
    const steps = (await this.steps([runId])).get(runId) ?? [];
    return run && { batch: `[${run.event}]`, actions: stepsBody(steps) };
  }

  markRouted = (ids: string[]) => this.#query(statements.MARK_ROUTED, [ids]);
  unrouted = (ageMs: number) => this.#query(statements.UNROUTED, [ageMs]);
  heartbeat = (generations: number[]) =>
    this.#query(statements.HEARTBEAT, [generations, this.options.leaseMs, this.options.owner]);
  reap = async () => (await this.#query(statements.REAP, [])).length;
  release = async (owner: string | null) => (await this.#query(statements.RELEASE_ALL, [owner])).length;
  drop = (job: ClaimedJob) => this.#query(statements.DROP_JOB, [job.runId, job.key, job.generation]);
  counts = () => this.#query(statements.COUNTS, [], false);
  expireKeys = () => this.#query(statements.EXPIRE_KEYS, [], false);
  functions = () => this.#query('select id, app_id, config from runner.fn', []);
  register = (appId: string, functions: { id: string; config: string }[]) =>
    this.#query(statements.REGISTER, [appId, JSON.stringify(functions)]);
  scheduleCrons = (fnIds: string[], crons: object[]) =>
    this.#query(statements.SCHEDULE_CRONS, [fnIds, JSON.stringify(crons)]);
  rescheduleCron = (job: ClaimedJob, delayMs: number, tick: string) =>
    this.#query(statements.RESCHEDULE_CRON, [job.runId, job.key, job.generation, delayMs, tick]);

  /** PGlite has no autovacuum: what ended runs leave behind is cleared here. */
  async vacuum(): Promise<void> {
    for (const { relname } of await this.#query(statements.BLOATED, [], false)) {
      await this.#query(statements.vacuum(String(relname)), [], false);
    }
  }

  async nextDueMs(): Promise<number | undefined> {
    const [row] = await this.#query(statements.NEXT_DUE, []);
    return typeof row?.ms === 'number' ? row.ms : undefined;
  }

  async #commit(batch: Transition[]): Promise<Committed[]> {
    const { parts, parameters } = commitOf(batch, this.options.leaseMs);
    const rows = await this.#query(commitStatement(parts), parameters);
    const byTransition = new Map(rows.map((row) => [Number(row.n), row]));
    const unrouted = new Set(rows[0] && Array.isArray(rows[0].unrouted) ? rows[0].unrouted.map(String) : []);
    return batch.map(({ events }, n) => {
      const row = byTransition.get(n);
      return {
        held: row?.held === true,
        steps: Number(row?.done_count ?? 0),
        stateBytes: Number(row?.state_bytes ?? 0),
        unrouted: events.map(({ id }) => id).filter((id) => unrouted.has(id)),
        due: row?.due === true,
      };
    });
  }

  async #accept(batch: Arrival[]): Promise<Accepted[]> {
    const { owner, leaseMs } = this.options;
    const all = <T>(of: (arrival: Arrival) => T[], row: (n: number, item: T) => object) =>
      JSON.stringify(batch.flatMap((arrival, n) => of(arrival).map((item) => row(n, item))));
    const rows = await this.#query(ACCEPT, [
      all((a) => a.events, eventRow),
      all((a) => a.runs, runRow),
      all((a) => a.cancels, waitRow),
      owner,
      leaseMs,
    ]);
    const events = new Map(rows.flatMap((row) => (row.kind === 'event' ? [[String(row.id), Number(row.value)]] : [])));
    const calls = new Map(rows.flatMap((row) => (row.kind === 'call' ? [[String(row.id), row.value]] : [])));
    this.runs += calls.size;
    return batch.map((arrival) => {
      const stored = arrival.events.filter((event) => events.has(event.id)).map((event) => event.id);
      return {
        stored: new Set(stored),
        unrouted: stored.filter((id) => events.get(id) === 0),
        calls: new Map(
          arrival.runs.flatMap(({ id }): [string, number | null][] => {
            const value = calls.get(id);
            return value === undefined ? [] : [[id, value === null ? null : Number(value)]];
          }),
        ),
      };
    });
  }

  /** Sends a statement; each is idempotent or fenced, so that a lost connection may be answered by sending it again. */
  async #query(text: string, parameters: Parameter[], prepare = true): Promise<Row[]> {
    for (let tries = 1; ; tries++) {
      this.statements++;
      try {
        return await this.#sql().unsafe<Row[]>(text, parameters, { prepare });
      } catch (error) {
        if (!isTransient(error) || tries === MAX_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** tries));
      }
    }
  }

  #sql = (): postgres.Sql => this.options.sql ?? sharedPool();
}
