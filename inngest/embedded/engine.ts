import type { Checkpoint } from './api';
import type { Call } from './call';
import { byteLength, type Json } from './canonical';
import { ending, errorJson } from './finish';
import type { Row } from './job';
import { limitExceeded } from './limits';
import type { Log } from './log';
import { doneStep } from './operations';
import { waitTransitions } from './routing';
import type { Accepted, Store } from './store';
import { type Committed, type NewEvent, type NewRun, type Transition, transition } from './transition';
import type { Registry, StoredEvent } from './triggers';

/** What the engine tells the dispatcher. */
export interface Notices {
  /** Something is due in so many milliseconds; 0 is now. */
  due(delayMs: number): void;
  /** Whether this process executes a function; others may execute those it only knows. */
  serves(fnId: string): boolean;
  /** Takes up to so many places for calls that begin at once; 0 while others wait in the queue. */
  reserve(most: number): number;
  release(places: number): void;
  /** A run claimed in the moment it was made. */
  begin(call: Call): void;
}

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
  ) {}

  /** Stores events and begins the runs they trigger. */
  async receive(events: StoredEvent[]): Promise<string[]> {
    const arrivals = events.map((event) => this.registry.arrival(event, { routed: this.registered }));
    const arrival = {
      events: arrivals.map(({ event }) => event),
      runs: arrivals.flatMap(({ runs }) => runs),
      cancels: arrivals.flatMap(({ cancels }) => cancels),
    };
    const unlimited = arrival.runs.filter((run) => !run.slots && this.notices.serves(run.fnId));
    const places = unlimited.length > 0 ? this.notices.reserve(unlimited.length) : 0;
    let unrouted: Set<string>;
    try {
      for (const run of unlimited.slice(0, places)) run.eager = true;
      const accepted = await this.store.accept(arrival);
      unrouted = new Set(accepted.unrouted);
      this.#begin(arrival.runs, accepted, new Map(events.map((event) => [event.id, event])));
    } finally {
      this.notices.release(places);
    }
    if (this.registered && unrouted.size > 0) await this.#endWaits(events.filter(({ id }) => unrouted.has(id)));
    return events.map(({ id, dedupeKey }) => dedupeKey ?? id);
  }

  #begin(runs: NewRun[], { calls }: Accepted, events: Map<string, StoredEvent>): void {
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
    const events = (await this.store.unrouted(minAgeMs)).map((row) =>
      storedEvent({ id: String(row.id), name: String(row.name), payload: String(row.payload) }),
    );
    if (events.length === 0) return;
    const arrivals = events.map((event) => this.registry.arrival(event, { routed: false, known: true }));
    await this.store.accept({
      events: [],
      runs: arrivals.flatMap((arrival) => arrival.runs),
      cancels: arrivals.flatMap((arrival) => arrival.cancels),
    });
    await this.#endWaits(events);
    this.notices.due(0);
  }

  async #endWaits(events: StoredEvent[]): Promise<void> {
    const transitions = await waitTransitions(this.store, this.registry, events);
    await Promise.all(transitions.map((change) => this.apply(change)));
    await this.store.markRouted(events.map(({ id }) => id));
  }

  /** Commits one transition. */
  async apply(change: Transition): Promise<Committed> {
    const committed = await this.store.commit(change);
    if (!committed.held) {
      this.log.debug({ runId: change.runId, key: change.job?.key, outcome: change.outcome }, 'Stale, dropped');
      return committed;
    }
    if (committed.due) this.notices.due(0);
    if (change.outcome === 'retry') this.notices.due(change.delayMs ?? 0);
    for (const job of change.jobs) if (job.delayMs > 0) this.notices.due(job.delayMs);
    const unrouted = new Set(committed.unrouted);
    if (unrouted.size > 0) await this.#endWaits(change.events.filter(({ id }) => unrouted.has(id)).map(storedEvent));
    const exceeded = change.finish ? undefined : limitExceeded(committed);
    if (!exceeded) return committed;
    await this.#fail(change.runId, exceeded);
    return { ...committed, held: false };
  }

  /** Memoises the steps a call has executed so far. `stale` tells the SDK to stop: others have the run now. */
  async checkpoint({ runId, key, generation, operations }: Checkpoint): Promise<'stored' | 'stale'> {
    const done = operations.flatMap((operation) => doneStep(runId, operation) ?? []);
    const unknown = operations.find((operation) => !doneStep(runId, operation));
    const largestStepBytes = Math.max(0, ...done.map(({ value }) => byteLength(value)));
    const refused = unknown
      ? `The embedded runner does not know the operation ${unknown.op}`
      : limitExceeded({ stateBytes: 0, steps: 0, largestStepBytes });
    const job = { key, generation };
    if (refused) await this.#fail(runId, refused, job);
    if (refused) return 'stale';
    const { held } = await this.apply(transition({ runId, job, outcome: 'keep', done }));
    return held ? 'stored' : 'stale';
  }

  async #fail(runId: string, message: string, job?: Transition['job']): Promise<void> {
    const [row] = await this.store.loadRuns([runId]);
    if (!row) return;
    this.log.warn({ runId, fnId: row.fn_id }, message);
    const run = { id: runId, fn: { id: String(row.fn_id) }, event: String(row.event), parent: parentOf(row) };
    await this.apply(ending(this.registry, run, { status: 'failed', error: errorJson(message) }, job));
  }
}

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
