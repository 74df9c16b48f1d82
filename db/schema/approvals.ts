import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ApprovalKind, ApprovalStatus, Decider } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import { createdAt, id, instant, orgId, tenantPolicy } from '../columns';
import { runs } from './runs';

/** Something a run waits for a person to decide: a question, or a tool call that needs consent. */
export const approvals = pgTable(
  'approvals',
  {
    orgId: orgId(),
    /** UUIDv7: the inbox is paged by it. */
    id: id(),
    runId: uuid('run_id').notNull(),
    agentId: uuid('agent_id').notNull(),
    /** The durable step that waits. */
    stepKey: text('step_key').notNull(),
    kind: text('kind').$type<ApprovalKind>().notNull(),
    tool: text('tool').notNull(),
    /** What the tool does, as it was when people were asked. */
    toolDescription: text('tool_description').notNull(),
    question: text('question'),
    proposed: jsonb('proposed').$type<JsonValue>().notNull(),
    edited: jsonb('edited').$type<JsonValue>(),
    said: text('said'),
    /** Asked because the run has read text from outside. */
    isTainted: boolean('is_tainted').notNull().default(false),
    /** Tools that brought such text into this run. */
    taintedBy: text('tainted_by').array().notNull().default([]),
    step: integer('step').notNull(),
    /** The person behind the run: who started it, or made the key that did. */
    startedBy: uuid('started_by').notNull(),
    notByStarter: boolean('not_by_starter').notNull().default(false),
    deciderType: text('decider_type').$type<Decider['type']>(),
    /** A role or the id of a member. */
    decider: text('decider'),
    status: text('status').$type<ApprovalStatus>().notNull().default('open'),
    answer: text('answer'),
    reason: text('reason'),
    decidedBy: uuid('decided_by'),
    decidedAt: instant('decided_at'),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    foreignKey({ columns: [t.orgId, t.runId], foreignColumns: [runs.orgId, runs.id] }).onDelete('cascade'),
    unique('approvals_step_key').on(t.orgId, t.runId, t.stepKey),
    index('approvals_by_status').on(t.orgId, t.status, t.id),
    index('approvals_by_agent').on(t.orgId, t.agentId, t.id),
    tenantPolicy(),
  ],
);
