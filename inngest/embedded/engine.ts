import type { Checkpoint } from './api-protocol';
import { doneStep } from './apply-operation';
import type { Call } from './call';
import { byteLength, canonicalJson, type Json } from './canonical';
import { ending, errorJson } from './finish';
import type { RegisteredFunction } from './functions';
import { planGathered } from './gather';
import type { ClaimedJob, Row } from './job';
import { limitExceeded } from './limits';
import type { Log } from './log';
import { waitTransitions } from './routing';
import { isUnstorable } from './storable';
import type { Accepted, Arrival, DueGather, Store } from './store';
import { type Committed, type DoneStep, type NewEvent, type NewRun, type Transition, transition } from './transition';
import { type Registry, replaces, type StoredEvent } from './triggers';

/** What the engine tells the dispatcher. */
export interface Notices {
  /** Something is due in so many milliseconds; 0 is now. */
  due(delayMs: number): void;
  /** Whether this process executes a function; others may execute those it only knows. */
  serves(fnId: string): boolean;
  /** Others should hear of new work: this process has no free place. */
  isCrowded(): boolean;
  /** Takes up to so many places for calls that begin at once; 0 while others wait in the queue. */
  reserve(most: number): number;
  release(places: number): void;
  /** A run claimed in the moment it was made. */
  begin(call: Call): void;
}

/** A transition is not committed yet; is; and what follows from it is done. */
export type Progress = 'before-effect' | 'before-checkpoint' | 'after-checkpoint';

export const parentOf = (row: Row): Call['parent'] =>
  typeof row.parent_run_id === 'string' && typeof row.parent_step_id === 'string'
    ? { runId: row.parent_run_id, stepId: row.parent_step_id }
    : undefined;

const storedEvent = ({ id, name, payload }: Pick<NewEvent, 'id' | 'name' | 'payload'>): StoredEvent => ({
  id,
  name,
  payload,
  event: JSON.parse(payload) as Json,
});

/** Commits what happens to runs, and follows it up: events that end waits, limits, wake-ups. */
export class Engine {
  /** Before the functions are registered, events are only stored. */
  registered = false;

  constructor(
    readonly store: Store,
    readonly registry: Registry,
    private readonly notices: Notices,
    private readonly log: Log,
    /** Told how far a transition has come. */
    private readonly probe: (moment: Progress) => void = () => {},
  ) {}

  /** Stores events and begins the runs they trigger. */
  async receive(events: StoredEvent[]): Promise<string[]> {
    const arrival = merged(events.map((event) => this.registry.arrival(event, { routed: this.registered })));
    const atOnce = arrival.runs.filter((run) => mayBeginAtOnce(run) && this.notices.serves(run.fnId));
    const places = atOnce.length > 0 ? this.notices.reserve(atOnce.length) : 0;
    let unrouted: Set<string>;
    try {
      for (const run of atOnce.slice(0, places)) run.eager = true;
      const notify =
        arrival.runs.some(({ fnId }) => !this.notices.serves(fnId)) ||
        (arrival.runs.length > 0 && this.notices.isCrowded());
      const accepted = await this.store.accept({ ...arrival, notify });
      unrouted = new Set(accepted.unrouted);
      this.#begin(arrival.runs, accepted, new Map(events.map((event) => [event.id, event])));
    } finally {
      this.notices.release(places);
    }
    if (this.registered && unrouted.size > 0) {
      const left = events.filter(({ id }) => unrouted.has(id));
      await this.#endWaits(left, arrival.runs);
      await this.store.markRouted(left.map(({ id }) => id));
    }
    return events.map(({ id, dedupeKey }) => dedupeKey ?? id);
  }

  /** Stores an event that is meant for one function. */
  async receiveFor(fn: RegisteredFunction, event: StoredEvent): Promise<void> {
    const { run, cancels } = this.registry.begin(fn, event);
    const row = { ...this.registry.arrival(event, { routed: true }).event, routed: !replaces(run) };
    await this.store.accept({ events: [row], runs: [run], cancels, gathers: [] });
    await this.#cancelReplaced([run]);
    if (!row.routed) await this.store.markRouted([event.id]);
  }

  #begin(runs: NewRun[], { calls, gatheredMs }: Accepted, events: Map<string, StoredEvent>): void {
    if (gatheredMs !== undefined) this.notices.due(gatheredMs);
    for (const { id, fnId, eventId } of runs) {
      const generation = calls.get(id);
      if (generation === undefined) continue;
      const [fn, event] = [this.registry.get(fnId), events.get(eventId)];
      if (generation === null || !fn || !event) this.notices.due(0);
      else this.notices.begin(firstCall(id, generation, fn, event));
    }
  }

  /** Routes events that were stored before their functions were known, or whose process died while routing. */
  async routeStored(minAgeMs: number): Promise<void> {
    const events = (await this.store.unrouted(minAgeMs)).map((row) => storedEvent(rowEvent(row)));
    if (events.length === 0) return;
    await this.#route(events);
    this.notices.due(0);
  }

  /** Where one of the events starts what cannot be stored, each is routed by itself, and that one starts nothing. */
  async #route(events: StoredEvent[]): Promise<void> {
    const ids = events.map(({ id }) => id);
    try {
      const arrival = merged(events.map((event) => this.registry.arrival(event, { routed: false, known: true })));
      await this.store.accept({ ...arrival, events: [], gathers: [] });
      await this.#endWaits(events, arrival.runs);
      if (arrival.gathers.length > 0) this.notices.due((await this.store.gatherStored(ids, arrival.gathers)) ?? 0);
      else await this.store.markRouted(ids);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      if (events.length > 1) for (const event of events) await this.#route([event]);
      else {
        this.log.error({ err: error, eventIds: ids }, 'What an event starts cannot be stored: it starts nothing');
        await this.store.markRouted(ids);
      }
    }
  }

  /** Begins the runs of debounces and batches whose time has come; each by itself where one cannot be stored. */
  async startGathered(fnIds: string[], most = 50): Promise<void> {
    let begun: NewRun[] = [];
    let due: DueGather[] = [];
    try {
      const accepted = await this.store.startGathered(fnIds, most, (gathers, rows) => {
        due = gathers;
        const events = new Map(rows.map((row) => [String(row.id), storedEvent(rowEvent(row))]));
        const plan = planGathered(this.registry, gathers, events);
        begun = plan.arrival.runs;
        return plan;
      });
      if (!accepted) return;
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      const [spoilt, ...others] = due;
      if (others.length > 0) for (const _ of due) await this.startGathered(fnIds, 1);
      else if (spoilt) {
        this.log.error({ err: error, ...spoilt }, 'What gathered events start cannot be stored: they start nothing');
        await this.store.dropGather(spoilt);
      }
      return;
    }
    await this.#cancelReplaced(begun);
    this.notices.due(0);
  }

  /** What stored events end: waits, runs they cancel, and runs that those they have started replace. */
  async #endWaits(events: StoredEvent[], runs: NewRun[]): Promise<void> {
    const transitions = await waitTransitions(this.store, this.registry, events);
    await Promise.all(transitions.map((change) => this.apply(change)));
    await this.#cancelReplaced(runs);
  }

  async #cancelReplaced(runs: NewRun[]): Promise<void> {
    const ids = runs.filter(replaces).map(({ id }) => id);
    const rows = ids.length > 0 ? await this.store.replaced(ids) : [];
    await Promise.all(rows.map((row) => this.apply(ending(this.registry, endingRun(row), { status: 'cancelled' }))));
  }

  /** Commits one transition. */
  async apply(change: Transition): Promise<Committed> {
    const notify = this.notices.isCrowded() || change.runs.some(({ fnId }) => !this.notices.serves(fnId));
    this.probe('before-effect');
    const committed = await this.store.commit(notify ? { ...change, notify } : change);
    this.probe('before-checkpoint');
    if (!committed.held) {
      this.log.debug({ runId: change.runId, key: change.job?.key, outcome: change.outcome }, 'Stale, dropped');
      return committed;
    }
    if (committed.due) this.notices.due(0);
    if (change.outcome === 'retry') this.notices.due(change.delayMs ?? 0);
    for (const job of change.jobs) if (job.delayMs > 0) this.notices.due(job.delayMs);
    for (const gather of change.gathers) this.notices.due(gather.size ? 0 : gather.delayMs);
    const unrouted = new Set(committed.unrouted);
    if (unrouted.size > 0) {
      await this.#endWaits(change.events.filter(({ id }) => unrouted.has(id)).map(storedEvent), change.runs);
      await this.store.markRouted(committed.unrouted);
    }
    this.probe('after-checkpoint');
    if (change.finish) return committed;
    const refused = limitExceeded(committed) ?? (committed.taken && SIGNAL_TAKEN(committed.taken));
    if (refused) await this.#fail(change.runId, refused);
    else if (committed.overdue) await this.cancel(change.runId);
    else return committed;
    return { ...committed, held: false };
  }

  /**
   * Commits what a job has led to; a text says why its run cannot go on. What cannot be stored fails the run, at once: another
   * attempt would bring the same. @returns whether the job was still held.
   */
  async settle(
    { runId, key, generation }: Pick<ClaimedJob, 'runId' | 'key' | 'generation'>,
    change: () => Transition | string,
  ): Promise<boolean> {
    let refused: string;
    try {
      const made = change();
      if (typeof made !== 'string') return (await this.apply(made)).held;
      refused = made;
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      refused = `What this run has produced cannot be stored: ${error.message}`;
    }
    await this.#fail(runId, refused, { key, generation });
    return false;
  }

  /** Ends a run as cancelled. @returns whether it was active. */
  async cancel(runId: string, job?: Transition['job']): Promise<boolean> {
    const [row] = await this.store.loadRuns([runId]);
    if (!row) return false;
    return (await this.apply(ending(this.registry, endingRun(row), { status: 'cancelled' }, job))).held;
  }

  /** Ends the wait for a signal. @returns the run that waited for it. */
  async signal(name: string, data: Json): Promise<string | undefined> {
    const wait = await this.store.signalWait(name);
    if (!wait) return undefined;
    const runId = String(wait.run_id);
    const value = canonicalJson({ data, signal: name });
    const step = { runId, id: String(wait.key), name, op: 'WaitForSignal', failed: false, value };
    const { held } = await this.apply(transition({ runId, outcome: 'none', done: [step] }));
    return held ? runId : undefined;
  }

  /** Memoises the steps a call has executed so far. `stale` tells the SDK to stop: others have the run now. */
  async checkpoint({ runId, key, generation, operations }: Checkpoint): Promise<'stored' | 'stale'> {
    const held = await this.settle({ runId, key, generation }, () => {
      const done: DoneStep[] = [];
      for (const operation of operations) {
        const step = doneStep(runId, operation);
        if (!step) return `The embedded runner does not know the operation ${operation.op}`;
        done.push(step);
      }
      const largestStepBytes = Math.max(0, ...done.map(({ value }) => byteLength(value)));
      const refused = limitExceeded({ stateBytes: 0, steps: 0, largestStepBytes });
      return refused ?? transition({ runId, job: { key, generation }, outcome: 'keep', done });
    });
    return held ? 'stored' : 'stale';
  }

  async #fail(runId: string, message: string, job?: Transition['job']): Promise<void> {
    const [row] = await this.store.loadRuns([runId]);
    if (!row) return;
    this.log.warn({ runId, fnId: row.fn_id }, message);
    await this.apply(ending(this.registry, endingRun(row), { status: 'failed', error: errorJson(message) }, job));
  }
}

const SIGNAL_TAKEN = (name: string) => `Another run already waits for the signal ${JSON.stringify(name)}`;

const endingRun = (row: Row) => ({
  id: String(row.id),
  fn: { id: String(row.fn_id) },
  event: String(row.event),
  parent: parentOf(row),
});

const rowEvent = (row: Row) => ({ id: String(row.id), name: String(row.name), payload: String(row.payload) });

const merged = (arrivals: ReturnType<Registry['arrival']>[]): Arrival => ({
  events: arrivals.map(({ event }) => event),
  runs: arrivals.flatMap(({ runs }) => runs),
  cancels: arrivals.flatMap(({ cancels }) => cancels),
  gathers: arrivals.flatMap(({ gathers }) => gathers),
});

/** Nothing can make its first call wait. */
const mayBeginAtOnce = (run: NewRun): boolean => !run.slots && !run.throttle && !run.delayMs;

const firstCall = (runId: string, generation: number, fn: Call['fn'], event: StoredEvent): Call => ({
  job: {
    runId,
    key: 'main',
    fnId: fn.id,
    kind: 'call',
    stepId: null,
    payload: null,
    attempt: 0,
    failures: 0,
    generation,
  },
  fn,
  event: event.payload,
  version: -1,
  open: 0,
  doneCount: 0,
  steps: [],
});
