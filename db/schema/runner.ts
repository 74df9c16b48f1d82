import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

/**
 * The tables of the embedded runner, which plays the Inngest server. They belong to no organization: tenants reach them
 * only through the events and functions of the product. Payloads are canonical JSON kept as text, because they are
 * signed and sent byte for byte, and because `jsonb` refuses NUL.
 */
export const runner = pgSchema('runner');

/** Fences: every claim of a job takes a new number, and only the newest number may write. */
export const generation = runner.sequence('generation');

/** In full precision: rounded to milliseconds, half of all jobs due now would be due in the future. */
const instant = (name: string) => timestamp(name, { withTimezone: true });
const createdAt = () => instant('created_at').notNull().defaultNow();

export const runnerFunctions = runner.table('fn', {
  id: text('id').primaryKey(),
  appId: text('app_id').notNull(),
  config: text('config').notNull(),
  registeredAt: instant('registered_at').notNull().defaultNow(),
});

export const runnerEvents = runner.table(
  'event',
  {
    id: text('id').primaryKey(),
    /** The id given by the sender; cleared after 24 hours, when the same id means a new event again. */
    dedupeKey: text('dedupe_key'),
    name: text('name').notNull(),
    payload: text('payload').notNull(),
    /** False until its functions, waits and cancellations have been looked up; a crash in between leaves it false. */
    routed: boolean('routed').notNull(),
    receivedAt: instant('received_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('event_dedupe_key').on(t.dedupeKey).where(sql`${t.dedupeKey} is not null`),
    index('event_unrouted').on(t.id).where(sql`not ${t.routed}`),
    index('event_received').on(t.receivedAt),
  ],
);

export const runnerRuns = runner.table(
  'run',
  {
    id: text('id').primaryKey(),
    fnId: text('fn_id').notNull(),
    eventId: text('event_id').notNull(),
    /** The events of a batch, the first of them `event_id`; null for a run of one event. */
    eventIds: text('event_ids').array(),
    idempotencyKey: text('idempotency_key'),
    /** The step of another run that invoked this one. */
    parentRunId: text('parent_run_id'),
    parentStepId: text('parent_step_id'),
    /** Seconds this run goes ahead of others in the queue. */
    priority: integer('priority').notNull().default(0),
    /** What its calls occupy while they execute, and how many may occupy each: concurrency. */
    slots: text('slots').array(),
    slotLimits: integer('slot_limits').array(),
    /** Runs of one function that must not be active together; either the second does not begin, or it ends the first. */
    singletonKey: text('singleton_key'),
    singletonSkips: boolean('singleton_skips').notNull().default(false),
    /** Its time to finish is over: it is cancelled unless the call that is executing finishes it. */
    overdue: boolean('overdue').notNull().default(false),
    /** The execution version the SDK answered with; -1 before its first answer. */
    version: smallint('version').notNull().default(-1),
    /** Steps that some job will execute: discovery waits for the last of them. */
    pending: integer('pending').notNull().default(0),
    /** Steps that only wait: sleeps, events, signals, invoked runs. */
    waiting: integer('waiting').notNull().default(0),
    doneCount: integer('done_count').notNull().default(0),
    stateBytes: bigint('state_bytes', { mode: 'number' }).notNull().default(0),
    status: text('status', { enum: ['active', 'completed', 'failed', 'cancelled'] })
      .notNull()
      .default('active'),
    output: text('output'),
    createdAt: createdAt(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    uniqueIndex('run_idempotency_key').on(t.fnId, t.idempotencyKey).where(sql`${t.idempotencyKey} is not null`),
    uniqueIndex('run_singleton').on(t.fnId, t.singletonKey).where(sql`${t.singletonSkips} and ${t.endedAt} is null`),
    index('run_replaced').on(t.fnId, t.singletonKey).where(sql`${t.singletonKey} is not null and ${t.endedAt} is null`),
    index('run_active').on(t.fnId, t.id).where(sql`${t.endedAt} is null`),
    index('run_broken').on(t.id).where(sql`${t.status} in ('failed', 'cancelled')`),
    index('run_event').on(t.eventId),
    index('run_batch').using('gin', t.eventIds).where(sql`${t.eventIds} is not null`),
    index('run_ended').on(t.endedAt).where(sql`${t.endedAt} is not null`),
  ],
);

export const runnerSteps = runner.table(
  'step',
  {
    runId: text('run_id').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    op: text('op').notNull(),
    /** Reported before it was executed, so that it counts in `pending` or `waiting` until it is done. */
    planned: boolean('planned').notNull(),
    waits: boolean('waits').notNull(),
    race: boolean('race').notNull(),
    done: boolean('done').notNull(),
    failed: boolean('failed').notNull().default(false),
    value: text('value'),
    /** Order of completion inside the run. */
    seq: integer('seq'),
    createdAt: createdAt(),
    doneAt: instant('done_at'),
  },
  (t) => [primaryKey({ columns: [t.runId, t.id] })],
);

export const runnerJobs = runner.table(
  'job',
  {
    runId: text('run_id').notNull(),
    /** `main` enters the function, a step id executes that step, `<step id>:timer` ends its wait. */
    key: text('key').notNull(),
    fnId: text('fn_id').notNull(),
    kind: text('kind', { enum: ['call', 'timer', 'fetch', 'cron', 'timeout'] }).notNull(),
    stepId: text('step_id'),
    payload: text('payload'),
    attempt: integer('attempt').notNull().default(0),
    /** Times the serve endpoint itself failed; they cost no attempt. */
    failures: integer('failures').notNull().default(0),
    runAt: instant('run_at').notNull(),
    /** The order of the queue: `run_at`, moved by the run's priority. */
    rank: instant('rank').notNull(),
    slots: text('slots').array(),
    slotLimits: integer('slot_limits').array(),
    /** What went wrong the last time, while it is tried again. */
    lastError: text('last_error'),
    /** Something ended while this job was executing: enter the function once more. */
    again: boolean('again').notNull().default(false),
    generation: bigint('generation', { mode: 'number' }),
    owner: text('owner'),
    leaseUntil: instant('lease_until'),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.key] }),
    index('job_queue').on(t.rank).where(sql`${t.owner} is null and ${t.slots} is null`),
    // Jobs of a limit that is used up wait here in thousands: the first tells when the next is due, by the second those
    // of the same slots and limits are a queue of their own.
    index('job_limited').on(t.rank).where(sql`${t.owner} is null and ${t.slots} is not null`),
    index('job_slot').on(t.slots, t.slotLimits, t.rank).where(sql`${t.owner} is null and ${t.slots} is not null`),
    index('job_held').on(t.owner).where(sql`${t.owner} is not null`),
  ],
);

export const runnerWaits = runner.table(
  'wait',
  {
    runId: text('run_id').notNull(),
    /** The step id, or `cancel:<n>` for an entry of the function's cancelOn. */
    key: text('key').notNull(),
    kind: text('kind', { enum: ['event', 'signal', 'cancel'] }).notNull(),
    /** Of an event; the name of a signal. */
    eventName: text('event_name').notNull(),
    /** `path=value` that a matching event must contain, when the expression begins with an equality. */
    matchKey: text('match_key'),
    expression: text('expression'),
    expiresAt: instant('expires_at'),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.key] }),
    index('wait_event').on(t.eventName, t.matchKey),
    // One run at a time waits for a signal.
    uniqueIndex('wait_signal').on(t.eventName).where(sql`${t.kind} = 'signal'`),
  ],
);

/** Throttles and rate limits, one row a key: when the next would be admitted if there had never been a pause (GCRA). */
export const runnerLimiters = runner.table('limiter', {
  key: text('key').primaryKey(),
  arrivalAt: instant('arrival_at').notNull(),
  /** How many of those who asked last were admitted. */
  admitted: integer('admitted').notNull(),
});

/** Events that wait to start one run together: the newest of a debounce, all of a batch. */
export const runnerGathers = runner.table(
  'gather',
  {
    fnId: text('fn_id').notNull(),
    key: text('key').notNull(),
    eventIds: text('event_ids').array().notNull(),
    /** How many events fill a batch; null for a debounce. */
    size: integer('size'),
    /** Of all events of a batch. */
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    dueAt: instant('due_at').notNull(),
    /** A debounce is put off no longer than until then. */
    deadlineAt: instant('deadline_at'),
  },
  (t) => [primaryKey({ columns: [t.fnId, t.key] }), index('gather_due').on(t.dueAt)],
);
