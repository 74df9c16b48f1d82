import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { FrozenSpec } from '@/lib/contracts/agents';
import type { GuardFinding } from '@/lib/contracts/guardrails';
import type { JsonValue } from '@/lib/contracts/json';
import type {
  ActorType,
  RunErrorCode,
  RunStatus,
  RunTrigger,
  SpanKind,
  SpanStatus,
  TakenOver,
} from '@/lib/contracts/runs';
import { createdAt, id, instant, orgId, tenantPolicy } from '../columns';
import { agents } from './agents';

/** One execution of one frozen spec. Small: what was said is in `run_payloads`. */
export const runs = pgTable(
  'runs',
  {
    orgId: orgId(),
    /** UUIDv7: the list is paged by it. */
    id: id(),
    workspaceId: uuid('workspace_id').notNull(),
    agentId: uuid('agent_id').notNull(),
    /** Null: the draft as it was. */
    version: integer('version'),
    /** The first run of the conversation this belongs to; its own id when it is the first. */
    conversationId: uuid('conversation_id').notNull(),
    /** The run this one repeats, wholly or from a step on. */
    rerunOf: uuid('rerun_of'),
    /** The step a re-run began its own work at, when it took over what came before; null: it took over nothing. */
    resumedFrom: text('resumed_from'),
    trigger: text('trigger').$type<RunTrigger>().notNull(),
    status: text('status').$type<RunStatus>().notNull().default('queued'),
    actorType: text('actor_type').$type<ActorType>().notNull(),
    actorId: uuid('actor_id').notNull(),
    model: text('model').notNull(),
    inputPreview: text('input_preview').notNull(),
    outputPreview: text('output_preview'),
    errorCode: text('error_code').$type<RunErrorCode>(),
    errorMessage: text('error_message'),
    /** Grows with every change of the run or a span of it; what a watcher has seen is a number. */
    revision: integer('revision').notNull().default(0),
    inputTokens: integer('input_tokens').notNull().default(0),
    cachedTokens: integer('cached_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    costMicros: bigint('cost_micros', { mode: 'number' }).notNull().default(0),
    /** Set aside for calls under way. */
    reservedMicros: bigint('reserved_micros', { mode: 'number' }).notNull().default(0),
    /** Spans of it that are open, work and questions to people: with neither of the first, one of the second is waited for. */
    runningSpans: integer('running_spans').notNull().default(0),
    waitingSpans: integer('waiting_spans').notNull().default(0),
    /** The run, and the step of it, that gave this task to its agent and waits for the answer. */
    parentRunId: uuid('parent_run_id'),
    parentStepKey: text('parent_step_key'),
    /** The agents of the runs above it: whoever may not see one of them may not see what it asked for. */
    above: uuid('above').array(),
    /** How many runs are above it. */
    depth: integer('depth').notNull().default(0),
    /** What it was asked with had been near untrusted text: the conversation's, or of the run that asks. */
    taintedBefore: boolean('tainted_before').notNull().default(false),
    /** A tool has told its model text that somebody outside may have written. */
    taintedWithin: boolean('tainted_within').notNull().default(false),
    createdAt: createdAt(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    foreignKey({ columns: [t.orgId, t.agentId], foreignColumns: [agents.orgId, agents.id] }).onDelete('cascade'),
    // Ascending, although lists are newest first: an index of Drizzle's `desc()` puts nulls last, `order by … desc` first.
    index('runs_by_time').on(t.orgId, t.createdAt),
    index('runs_by_agent').on(t.orgId, t.agentId, t.id),
    index('runs_by_status').on(t.orgId, t.status, t.id),
    index('runs_by_conversation').on(t.orgId, t.conversationId, t.id),
    index('runs_by_rerun_of').on(t.orgId, t.rerunOf, t.id).where(sql`rerun_of is not null`),
    uniqueIndex('runs_one_child').on(t.orgId, t.parentRunId, t.parentStepKey).where(sql`parent_run_id is not null`),
    // A conversation takes one message at a time.
    uniqueIndex('runs_one_active').on(t.orgId, t.conversationId).where(sql`status in ('queued', 'running', 'waiting')`),
    tenantPolicy(),
  ],
);

export const runPayloads = pgTable(
  'run_payloads',
  {
    orgId: orgId(),
    runId: uuid('run_id').notNull(),
    spec: jsonb('spec').$type<FrozenSpec>().notNull(),
    variables: jsonb('variables').$type<Record<string, string>>().notNull().default({}),
    input: text('input').notNull(),
    output: text('output'),
    /** What the guards found in the input, which is stored without it. */
    guarded: jsonb('guarded').$type<GuardFinding[]>(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.runId] }),
    foreignKey({ columns: [t.orgId, t.runId], foreignColumns: [runs.orgId, runs.id] }).onDelete('cascade'),
    tenantPolicy(),
  ],
);

/** One step of a run: a call of a model or a tool, or a wait for a person; each attempt is a span of its own. */
export const spans = pgTable(
  'spans',
  {
    orgId: orgId(),
    runId: uuid('run_id').notNull(),
    /** The run's revision at which the span began: unique and in order within the run. */
    seq: integer('seq').notNull(),
    /** The durable step this belongs to: the same key and attempt is the same work. */
    stepKey: text('step_key').notNull(),
    attempt: integer('attempt').notNull(),
    /** Not this run's own work: taken over from span `seq` of the run it repeats, as it was or edited. Cost nothing. */
    takenOver: text('taken_over').$type<TakenOver>(),
    parentSeq: integer('parent_seq'),
    kind: text('kind').$type<SpanKind>().notNull(),
    name: text('name').notNull(),
    status: text('status').$type<SpanStatus>().notNull(),
    revision: integer('revision').notNull(),
    queuedAt: instant('queued_at').notNull(),
    startedAt: instant('started_at').notNull(),
    firstTokenAt: instant('first_token_at'),
    endedAt: instant('ended_at'),
    /** Milliseconds spent waiting for the provider or the outside world. */
    providerMs: integer('provider_ms'),
    inputTokens: integer('input_tokens'),
    cachedTokens: integer('cached_tokens'),
    outputTokens: integer('output_tokens'),
    costMicros: bigint('cost_micros', { mode: 'number' }),
    /** Set aside for this call, and in which budgets; settled or released when it ends. */
    reservedMicros: bigint('reserved_micros', { mode: 'number' }).notNull().default(0),
    reservedIn: uuid('reserved_in').array(),
    /** The provider told no believable usage: it was counted from characters. */
    usageEstimated: boolean('usage_estimated').notNull().default(false),
    finishReason: text('finish_reason'),
    errorCode: text('error_code').$type<RunErrorCode>(),
    errorMessage: text('error_message'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.runId, t.seq] }),
    foreignKey({ columns: [t.orgId, t.runId], foreignColumns: [runs.orgId, runs.id] }).onDelete('cascade'),
    index('spans_by_step').on(t.orgId, t.runId, t.stepKey),
    tenantPolicy(),
  ],
);

/** What exactly went into a span and came out of it. */
export const spanPayloads = pgTable(
  'span_payloads',
  {
    orgId: orgId(),
    runId: uuid('run_id').notNull(),
    seq: integer('seq').notNull(),
    input: jsonb('input').$type<JsonValue>(),
    output: jsonb('output').$type<JsonValue>(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.runId, t.seq] }),
    foreignKey({
      columns: [t.orgId, t.runId, t.seq],
      foreignColumns: [spans.orgId, spans.runId, spans.seq],
    }).onDelete('cascade'),
    tenantPolicy(),
  ],
);
