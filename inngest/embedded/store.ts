import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { database } from '@/db/client';
import { acceptStatement, GATHER_STORED } from './arrival-statement';
import { Batcher } from './batcher';
import { eventsOf, type MemoisedStep, stepsBody } from './call';
import { commitStatement } from './commit-statement';
import { type ClaimedJob, claimedJob, type Row } from './job';
import type { Log } from './log';
import { CHANNEL } from './sql-lists';
import * as statements from './statements';
import { isUnstorable } from './storable';
import {
  type Committed,
  commitOf,
  controlled,
  eventRow,
  gatherRow,
  type NewEvent,
  type NewGather,
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
  gathers: NewGather[];
  /** Other processes are told. */
  notify?: boolean;
}

/** What became of an arrival: the events that were new, and the runs claimed at once. */
export interface Accepted {
  stored: Set<string>;
  unrouted: string[];
  /** Run id → generation of its first call; null when it is in the queue. */
  calls: Map<string, number | null>;
  /** Milliseconds until the first of what was gathered is due. */
  gatheredMs?: number;
}

/** A debounce or batch that is due. */
export interface DueGather {
  fnId: string;
  key: string;
  eventIds: string[];
  size: number | undefined;
}

/** What is to be done with those that are due: the runs they start, and which of their events wait on. */
export type PlanGathers = (
  gathers: DueGather[],
  events: Row[],
) => { arrival: Arrival; left: { fn_id: string; key: string; event_ids: string[]; bytes: number; delay_ms: number }[] };

type Query = (text: string, parameters: Parameter[]) => Promise<Row[]>;

const START = { slots: [], limits: [] };
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const gathered = (row: Row): DueGather => ({
  fnId: String(row.fn_id),
  key: String(row.key),
  eventIds: texts(row.event_ids),
  size: row.size === null ? undefined : Number(row.size),
});

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

const firstOf = (numbers: number[]): number | undefined => (numbers.length > 0 ? Math.min(...numbers) : undefined);

/** The runner's state in Postgres. Each method is one statement, except claims of slots and the start of batches. */
export class Store {
  readonly #commits: Batcher<Transition, Committed>;
  readonly #arrivals: Batcher<Arrival, Accepted>;
  /** Statements sent so far. */
  statements = 0;
  /** Runs begun so far. */
  runs = 0;
  /** The queue at which the last walk over all of them has stopped. */
  #walkedTo: { slots: string[]; limits: number[] } = START;

  constructor(readonly options: StoreOptions) {
    this.#commits = new Batcher(
      (batch) => this.#commit(batch),
      (t) => [
        ...new Set([t.runId, ...t.done.map((step) => step.runId)]),
        ...t.waits.flatMap(({ kind, eventName }) => (kind === 'signal' ? [`signal:${eventName}`] : [])),
      ],
      isUnstorable,
    );
    this.#arrivals = new Batcher(
      (batch) => this.#accept(batch),
      (a) => a.events.flatMap((event) => [event.id, ...(event.dedupeKey ? [`key:${event.dedupeKey}`] : [])]),
      isUnstorable,
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
    return (await this.query(statements.CLAIM, [owner, leaseMs, fnIds, most])).map(claimedJob);
  }

  /** Claims due jobs as far as their slots are free. */
  async claimLimited(fnIds: string[], most: number): Promise<ClaimedJob[]> {
    const { owner, leaseMs, exclusive } = this.options;
    const { slots, limits } = this.#walkedTo;
    const found = await this.query(statements.SLOT_CANDIDATES, [fnIds, most, slots, limits]);
    const last = found.find((row) => row.run_id === null);
    this.#walkedTo = last ? { slots: texts(last.slots), limits: texts(last.limits).map(Number) } : START;
    const candidates = found.filter((row) => row.run_id !== null);
    if (candidates.length === 0) return [];
    const keys = JSON.stringify(candidates.map(({ run_id, key }) => ({ n: 0, run_id, key })));
    const parameters = [owner, leaseMs, keys, most];
    const rows = exclusive
      ? await this.query(statements.CLAIM_SLOTS, parameters)
      : await this.#transaction(async (query) => {
          await query(statements.SLOTS_LOCK, [candidates.flatMap((row) => texts(row.slots))]);
          return await query(statements.CLAIM_SLOTS, parameters);
        });
    return rows.map(claimedJob);
  }

  /** Begins the runs of so many debounces and batches that are due: they are gone and their runs are there, or neither. */
  startGathered(fnIds: string[], most: number, plan: PlanGathers): Promise<Accepted | undefined> {
    return this.#transaction(async (query) => {
      const gathers = (await query(statements.DUE_GATHERS, [fnIds, most])).map(gathered);
      if (gathers.length === 0) return undefined;
      const events = await query(statements.LOAD_EVENTS, [list(gathers.flatMap(({ eventIds }) => eventIds))]);
      const { arrival, left } = plan(gathers, events);
      const [accepted] = await this.#accept([arrival], query);
      await query(statements.KEEP_GATHERS, [JSON.stringify(left.map((row) => ({ n: 0, ...row })))]);
      return accepted;
    });
  }

  #transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    this.statements += 2;
    return this.#sql().begin((tx) =>
      work((text, parameters) => {
        this.statements++;
        return tx.unsafe<Row[]>(text, parameters, { prepare: true });
      }),
    ) as Promise<T>;
  }

  loadRuns = (ids: string[]) => this.query(statements.LOAD_RUNS, [list(ids)]);
  candidates = (events: { id: string; name: string; keys?: string[] }[]) =>
    this.query(statements.CANDIDATES, [JSON.stringify(events.map((event) => ({ n: 0, ...event })))]);
  /** Memoised steps by run, in the order of their completion. */
  async steps(runIds: string[]): Promise<Map<string, MemoisedStep[]>> {
    const steps = new Map<string, MemoisedStep[]>();
    for (const row of runIds.length > 0 ? await this.query(statements.LOAD_STEPS, [list(runIds)]) : []) {
      const known = steps.get(String(row.run_id)) ?? [];
      known.push({ id: String(row.id), failed: row.failed === true, value: String(row.value) });
      steps.set(String(row.run_id), known);
    }
    return steps;
  }

  async state(runId: string): Promise<{ batch: string; actions: string } | undefined> {
    const [run] = await this.loadRuns([runId]);
    const steps = (await this.steps([runId])).get(runId) ?? [];
    return run && { batch: `[${eventsOf(run).join(',')}]`, actions: stepsBody(steps) };
  }

  signalWait = async (name: string) => (await this.query(statements.SIGNAL, [name]))[0];
  replaced = (runIds: string[]) => this.query(statements.REPLACED, [list(runIds)]);
  armFinish = (runId: string, ms: number) => this.query(statements.ARM_FINISH, [runId, ms]);
  hasNotBegun = async (runId: string) =>
    (await this.query(statements.HAS_NOT_BEGUN, [runId])).some(({ waiting }) => waiting === true);
  /** Marks a run as overdue. @returns whether a call of it is executing, which may still finish it. */
  async setOverdue(runId: string): Promise<boolean> {
    await this.query(statements.SET_OVERDUE, [runId]);
    return (await this.query(statements.IS_EXECUTING, [runId])).some(({ executing }) => executing === true);
  }
  async gatherStored(eventIds: string[], gathers: NewGather[]): Promise<number | undefined> {
    const rows = JSON.stringify(gathers.map((gather, n) => gatherRow(0, gather, n)));
    const [row] = await this.query(GATHER_STORED, [eventIds, rows]);
    return row?.ms == null ? undefined : Number(row.ms);
  }

  dropGather = ({ fnId, key }: DueGather) =>
    this.query(statements.KEEP_GATHERS, [JSON.stringify([{ n: 0, fn_id: fnId, key, event_ids: [], delay_ms: 0 }])]);
  markRouted = (ids: string[]) => this.query(statements.MARK_ROUTED, [ids]);
  unrouted = (ageMs: number) => this.query(statements.UNROUTED, [ageMs]);
  heartbeat = (generations: number[]) =>
    this.query(statements.HEARTBEAT, [generations, this.options.leaseMs, this.options.owner]);
  reap = async () => (await this.query(statements.REAP, [])).length;
  owners = async () => (await this.query(statements.OWNERS, [])).map((row) => String(row.owner));
  releaseSome = (generations: number[]) => this.query(statements.RELEASE_SOME, [generations, this.options.owner]);
  release = async (owner: string | null) => (await this.query(statements.RELEASE_ALL, [owner])).length;
  drop = (job: ClaimedJob) => this.query(statements.DROP_JOB, [job.runId, job.key, job.generation]);
  counts = () => this.query(statements.COUNTS, [], false);
  pruneRuns = async (days: number, most: number) =>
    (await this.query(statements.PRUNE_RUNS, [days, most], false)).length;
  pruneEvents = async (days: number, most: number) =>
    (await this.query(statements.PRUNE_EVENTS, [days, most], false)).length;
  pruneLimiters = () => this.query(statements.PRUNE_LIMITERS, [], false);
  expireKeys = () => this.query(statements.EXPIRE_KEYS, [], false);
  functions = () => this.query('select id, app_id, config from runner.fn', []);
  async register(appId: string, functions: { id: string; config: string }[]): Promise<void> {
    await this.query(statements.REGISTER, [appId, JSON.stringify(functions)]);
    if (!this.options.exclusive) await this.query(statements.TELL_FUNCTIONS, []);
  }
  /** Runs of a function that have begun, and their calls, are subject to its new limits. */
  async changeLimits(fnId: string, limits: number[]): Promise<void> {
    for (let last = ''; ; ) {
      const [row] = await this.query(statements.CHANGE_LIMITS, [fnId, limits, last]);
      if (typeof row?.last !== 'string') return;
      last = row.last;
    }
  }

  scheduleCrons = (fnIds: string[], crons: object[]) =>
    this.query(statements.SCHEDULE_CRONS, [fnIds, JSON.stringify(crons)]);
  rescheduleCron = (job: ClaimedJob, delayMs: number, tick: string) =>
    this.query(statements.RESCHEDULE_CRON, [job.runId, job.key, job.generation, delayMs, tick]);

  /** Hears of work that other processes cannot take. Where a pooler keeps that from working, polling is left. */
  async listen(onNotice: (what: string) => void, log: Log): Promise<() => Promise<void>> {
    try {
      const { unlisten } = await this.#sql().listen(CHANNEL, onNotice);
      return unlisten;
    } catch (error) {
      log.warn({ err: error }, 'Other processes cannot wake this one, which looks for work every second instead');
      return async () => {};
    }
  }

  /** PGlite has no autovacuum: what ended runs leave behind is cleared here. */
  async vacuum(): Promise<void> {
    for (const { relname } of await this.query(statements.BLOATED, [], false)) {
      await this.query(statements.vacuum(String(relname)), [], false);
    }
  }

  /** When the next job is due, and whether limited ones are due already. */
  async nextDue(): Promise<{ ms: number | undefined; limited: boolean }> {
    const [row] = await this.query(statements.NEXT_DUE, []);
    return { ms: typeof row?.ms === 'number' ? row.ms : undefined, limited: row?.limited === true };
  }

  async #commit(batch: Transition[]): Promise<Committed[]> {
    const { parts, parameters } = commitOf(batch, this.options.leaseMs);
    if (this.options.exclusive) parts.notify = false;
    const rows = await this.query(commitStatement(parts), parameters);
    const byTransition = new Map(rows.map((row) => [Number(row.n), row]));
    const unrouted = new Set(texts(rows[0]?.unrouted));
    return batch.map(({ events }, n) => {
      const row = byTransition.get(n);
      return {
        held: row?.held === true,
        steps: Number(row?.done_count ?? 0),
        stateBytes: Number(row?.state_bytes ?? 0),
        unrouted: events.map(({ id }) => id).filter((id) => unrouted.has(id)),
        due: row?.due === true,
        overdue: row?.overdue === true,
        taken: typeof row?.taken === 'string' ? row.taken : undefined,
      };
    });
  }

  async #accept(
    batch: Arrival[],
    query: Query = (text, parameters) => this.query(text, parameters),
  ): Promise<Accepted[]> {
    const { owner, leaseMs } = this.options;
    const flow = batch.some(({ runs, gathers }) => gathers.length > 0 || runs.some(controlled));
    const all = <T>(of: (arrival: Arrival) => T[], row: (n: number, item: T, index: number) => object) =>
      JSON.stringify(batch.flatMap((arrival, n) => of(arrival).map((item, index) => row(n, item, index))));
    const notify = !this.options.exclusive && batch.some((arrival) => arrival.notify);
    const repeats = batch.some((a) => a.gathers.length > 0 && a.events.some(({ dedupeKey }) => dedupeKey));
    const rows = await query(acceptStatement({ flow, repeats, notify }), [
      all((a) => a.events, eventRow),
      all((a) => a.runs, runRow),
      all((a) => a.cancels, waitRow),
      owner,
      leaseMs,
      ...(flow ? [all((a) => a.gathers, gatherRow)] : []),
    ]);
    const events = new Map(rows.flatMap((row) => (row.kind === 'event' ? [[String(row.id), Number(row.value)]] : [])));
    const calls = new Map(rows.flatMap((row) => (row.kind === 'call' ? [[String(row.id), row.value]] : [])));
    const gatheredMs = firstOf(rows.flatMap((row) => (row.kind === 'gather' ? [Number(row.value)] : [])));
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
        gatheredMs: arrival.gathers.length > 0 ? gatheredMs : undefined,
      };
    });
  }

  /** Sends a statement; each is idempotent or fenced, so that a lost connection may be answered by sending it again. */
  async query(text: string, parameters: Parameter[], prepare = true): Promise<Row[]> {
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
