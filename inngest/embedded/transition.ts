import type { CommitParts } from './commit-statement';

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
  parentRunId?: string;
  parentStepId?: string;
  priority: number;
  slots?: string[];
  slotLimits?: number[];
  /** Claim it at once for this process. */
  eager?: boolean;
  /** Its event has been stored before. */
  stored?: boolean;
}

export interface NewWait {
  runId: string;
  key: string;
  kind: 'event' | 'signal' | 'cancel';
  eventName: string;
  matchKey?: string;
  expression?: string;
  ttlMs?: number;
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
  finish?: { status: 'completed' | 'failed' | 'cancelled'; output: string };
  version?: number;
  done: DoneStep[];
  planned: PlannedStep[];
  jobs: NewJob[];
  waits: NewWait[];
  events: NewEvent[];
  runs: NewRun[];
  cancels: NewWait[];
}

export const transition = (base: Pick<Transition, 'runId' | 'outcome'> & Partial<Transition>): Transition => ({
  done: [],
  planned: [],
  jobs: [],
  waits: [],
  events: [],
  runs: [],
  cancels: [],
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

export const runRow = (n: number, r: NewRun) => ({
  n,
  id: r.id,
  fn_id: r.fnId,
  event_id: r.eventId,
  idempotency_key: r.idempotencyKey,
  parent_run_id: r.parentRunId,
  parent_step_id: r.parentStepId,
  priority: r.priority,
  slots: r.slots,
  slot_limits: r.slotLimits,
  eager: r.eager ?? false,
  stored: r.stored ?? false,
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
  };
  const parameters = [
    JSON.stringify(batch.map(transitionRow)),
    rows((t) => t.done, doneRow),
    leaseMs,
    ...(parts.plans
      ? [rows((t) => t.planned, plannedRow), rows((t) => t.jobs, jobRow), rows((t) => t.waits, waitRow)]
      : []),
    ...(parts.arrivals
      ? [rows((t) => t.events, eventRow), rows((t) => t.runs, runRow), rows((t) => t.cancels, waitRow)]
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
  status: t.finish?.status,
  output: t.finish?.output,
  version: t.version,
});

const doneRow = (n: number, s: DoneStep, ord: number) => ({
  n,
  ord,
  run_id: s.runId,
  id: s.id,
  name: s.name,
  op: s.op,
  failed: s.failed,
  value: s.value,
});

const plannedRow = (n: number, s: PlannedStep) => ({
  n,
  run_id: s.runId,
  id: s.id,
  name: s.name,
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
