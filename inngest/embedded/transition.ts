import type { CommitParts } from './commit-statement';
import type { Gather, Rate } from './flow';
import { legible, storedKey } from './storable';

/** An event to store. */
export interface NewEvent {
  id: string;
  dedupeKey?: string;
  name: string;
  payload: string;
  /** `path=value` pairs that waits may ask for; undefined when every wait for this name must be tried. */
  keys?: string[];
  /** Kept only when something waits for it: it starts no run. */
  quiet?: boolean;
  /** Its functions have been looked up; its runs come in the same transition. */
  routed: boolean;
}

/** A run to begin, unless its id or its idempotency key exists. */
export interface NewRun {
  id: string;
  fnId: string;
  eventId: string;
  idempotencyKey?: string;
  /** The step that invoked it. */
  parent?: { runId: string; stepId: string };
  priority: number;
  slots?: string[];
  slotLimits?: number[];
  /** It begins when the throttle lets it. */
  throttle?: Rate;
  /** It does not begin at all when this is used up. */
  rateLimit?: Rate;
  singletonKey?: string;
  singletonSkips?: boolean;
  /** It begins so much later. */
  delayMs?: number;
  /** Cancelled when it has not begun by then. */
  startTimeoutMs?: number;
  /** The events of a batch. */
  eventIds?: string[];
  /** Claim it at once for this process. */
  eager?: boolean;
  /** Its event has been stored before. */
  stored?: boolean;
}

/** An event that waits for others, or for its own successor, before it starts a run. */
export interface NewGather extends Gather {
  fnId: string;
  eventId: string;
  /** Of the event. */
  bytes: number;
}

export interface NewWait {
  runId: string;
  key: string;
  kind: 'event' | 'signal' | 'cancel';
  eventName: string;
  matchKey?: string;
  expression?: string;
  ttlMs?: number;
  /** A signal that another run waits for is taken from it; otherwise this run fails. */
  replaces?: boolean;
}

/** A step whose result is memoised: canonical JSON of its data or of its error. */
export interface DoneStep {
  runId: string;
  id: string;
  name: string;
  op: string;
  failed: boolean;
  value: string;
}

/** A step that something else will end: a job that executes it, or a wait. */
export interface PlannedStep {
  runId: string;
  id: string;
  name: string;
  op: string;
  waits: boolean;
  race: boolean;
}

export interface NewJob {
  runId: string;
  key: string;
  kind: 'call' | 'timer' | 'fetch';
  stepId: string;
  payload?: string;
  delayMs: number;
}

/**
 * What one answer, timer, event or cancellation changes, committed as a whole or not at all.
 * `outcome` says what becomes of the job: see the statement COMMIT.
 */
export interface Transition {
  runId: string;
  /** The claimed job this comes from; without one it is not fenced. */
  job?: { key: string; generation: number };
  outcome: 'keep' | 'end' | 'again' | 'retry' | 'finish' | 'none';
  attempt?: number;
  failures?: number;
  delayMs?: number;
  /** Why it is tried again. */
  error?: string;
  finish?: { status: 'completed' | 'failed' | 'cancelled'; output: string };
  version?: number;
  done: DoneStep[];
  planned: PlannedStep[];
  jobs: NewJob[];
  waits: NewWait[];
  events: NewEvent[];
  runs: NewRun[];
  cancels: NewWait[];
  gathers: NewGather[];
  /** Other processes are told when something is due. */
  notify?: boolean;
}

export const transition = (base: Pick<Transition, 'runId' | 'outcome'> & Partial<Transition>): Transition => ({
  done: [],
  planned: [],
  jobs: [],
  waits: [],
  events: [],
  runs: [],
  cancels: [],
  gathers: [],
  ...base,
});

export interface Committed {
  /** False when the fence did not hold: nothing was written. */
  held: boolean;
  steps: number;
  stateBytes: number;
  /** Stored events that something waits for. */
  unrouted: string[];
  /** Some job is due now. */
  due: boolean;
  /** Its time to finish is over. */
  overdue: boolean;
  /** A signal it wants to wait for that another run waits for. */
  taken: string | undefined;
}

export const eventRow = (n: number, e: NewEvent) => ({
  n,
  id: e.id,
  dedupe_key: e.dedupeKey,
  name: e.name,
  payload: e.payload,
  keys: e.keys,
  quiet: e.quiet ?? false,
  routed: e.routed,
});

export const runRow = (n: number, r: NewRun, ord: number) => ({
  n,
  ord,
  id: r.id,
  fn_id: r.fnId,
  event_id: r.eventId,
  idempotency_key: r.idempotencyKey === undefined ? undefined : storedKey(r.idempotencyKey),
  parent_run_id: r.parent?.runId,
  parent_step_id: r.parent?.stepId,
  priority: r.priority,
  slots: r.slots?.map(storedKey),
  slot_limits: r.slotLimits,
  throttle_key: r.throttle?.key,
  throttle_ms: r.throttle?.everyMs,
  throttle_burst: r.throttle?.burst,
  rate_key: r.rateLimit?.key,
  rate_ms: r.rateLimit?.everyMs,
  rate_burst: r.rateLimit?.burst,
  singleton_key: r.singletonKey,
  singleton_skips: r.singletonSkips ?? false,
  delay_ms: r.delayMs ?? 0,
  start_ms: r.startTimeoutMs,
  event_ids: r.eventIds,
  eager: r.eager ?? false,
  stored: r.stored ?? false,
});

/** Whether the statements need their parts for flow control. */
export const controlled = (r: NewRun): boolean =>
  Boolean(r.throttle || r.rateLimit || r.delayMs || r.startTimeoutMs !== undefined);

export const gatherRow = (n: number, g: NewGather, ord: number) => ({
  n,
  ord,
  fn_id: g.fnId,
  key: g.key,
  event_id: g.eventId,
  size: g.size,
  bytes: g.size === undefined ? 0 : g.bytes,
  delay_ms: g.delayMs,
  deadline_ms: g.deadlineMs,
});

export const waitRow = (n: number, w: NewWait) => ({
  n,
  run_id: w.runId,
  key: w.key,
  kind: w.kind,
  event_name: w.eventName,
  match_key: w.matchKey,
  expression: w.expression,
  ttl_ms: w.ttlMs,
  replaces: w.replaces ?? false,
});

/** The parts and parameters of a commit of transitions of different runs. */
export function commitOf(
  batch: Transition[],
  leaseMs: number,
): { parts: CommitParts; parameters: (string | number)[] } {
  const has = (of: (t: Transition) => unknown[]) => batch.some((t) => of(t).length > 0);
  const rows = <T>(of: (t: Transition) => T[], row: (n: number, item: T, index: number) => object) =>
    JSON.stringify(batch.flatMap((t, n) => of(t).map((item, index) => row(n, item, index))));
  const parts = {
    plans: has((t) => t.planned),
    arrivals: has((t) => t.events),
    finish: batch.some((t) => t.finish),
    signals: batch.some((t) => t.waits.some(({ kind }) => kind === 'signal')),
    notify: batch.some((t) => t.notify),
    flow: batch.some((t) => t.gathers.length > 0 || t.runs.some(controlled)),
  };
  const parameters = [
    JSON.stringify(batch.map(transitionRow)),
    rows((t) => t.done, doneRow),
    leaseMs,
    ...(parts.plans
      ? [rows((t) => t.planned, plannedRow), rows((t) => t.jobs, jobRow), rows((t) => t.waits, waitRow)]
      : []),
    ...(parts.arrivals
      ? [
          rows((t) => t.events, eventRow),
          rows((t) => t.runs, runRow),
          rows((t) => t.cancels, waitRow),
          ...(parts.flow ? [rows((t) => t.gathers, gatherRow)] : []),
        ]
      : []),
  ];
  return { parts, parameters };
}

const transitionRow = (t: Transition, n: number) => ({
  n,
  run_id: t.runId,
  key: t.job?.key,
  generation: t.job?.generation,
  outcome: t.outcome,
  attempt: t.attempt ?? 0,
  failures: t.failures ?? 0,
  delay_ms: t.delayMs ?? 0,
  error: t.error === undefined ? undefined : legible(t.error),
  status: t.finish?.status,
  output: t.finish?.output,
  version: t.version,
});

const doneRow = (n: number, s: DoneStep, ord: number) => ({
  n,
  ord,
  run_id: s.runId,
  id: s.id,
  name: legible(s.name),
  op: s.op,
  failed: s.failed,
  value: s.value,
});

const plannedRow = (n: number, s: PlannedStep) => ({
  n,
  run_id: s.runId,
  id: s.id,
  name: legible(s.name),
  op: s.op,
  waits: s.waits,
  race: s.race,
});

const jobRow = (n: number, j: NewJob) => ({
  n,
  run_id: j.runId,
  key: j.key,
  kind: j.kind,
  step_id: j.stepId,
  payload: j.payload,
  delay_ms: j.delayMs,
});
