import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { BudgetPeriod, BudgetScope } from '@/lib/contracts/budgets';
import type { LedgerDifference, LedgerKind } from '@/lib/contracts/ledger';
import type { ActorType } from '@/lib/contracts/runs';
import { createdAt, id, instant, orgId, tenantPolicy } from '../columns';
import { organizations } from './organizations';

const micros = (name: string) => bigint(name, { mode: 'number' });

/**
 * What was set aside and what was spent, to the micro-dollar; append-only for the application. A call is two entries: a
 * `reserve` before it, and a `settle` or a `release` after it. Outlives the runs it tells of.
 */
export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    runId: uuid('run_id').notNull(),
    /** The span that was paid for. */
    seq: integer('seq').notNull(),
    kind: text('kind').$type<LedgerKind>().notNull(),
    /** Change of what is set aside. */
    reservedMicros: micros('reserved_micros').notNull(),
    /** Change of what is spent. */
    spentMicros: micros('spent_micros').notNull(),
    workspaceId: uuid('workspace_id').notNull(),
    agentId: uuid('agent_id').notNull(),
    actorType: text('actor_type').$type<ActorType>().notNull(),
    actorId: uuid('actor_id').notNull(),
    /** Model or tool. */
    item: text('item').notNull(),
    inputTokens: integer('input_tokens').notNull().default(0),
    cachedTokens: integer('cached_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    /** The provider told no believable numbers. */
    estimated: boolean('estimated').notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    // Once each, whatever crashes and is tried again.
    primaryKey({ columns: [t.orgId, t.runId, t.seq, t.kind] }),
    // What was paid, in order of time; not what was set aside, so that a call is in it once.
    index('ledger_entries_by_time').on(t.orgId, t.createdAt, t.runId, t.seq).where(sql`kind <> 'reserve'`),
    tenantPolicy(),
  ],
);

/** The most that may be spent by something in a period. Its counters are changed only together with a ledger entry. */
export const budgets = pgTable(
  'budgets',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    scope: text('scope').$type<BudgetScope>().notNull(),
    /** Of the organization, workspace, agent, API key or member. */
    scopeId: uuid('scope_id').notNull(),
    period: text('period').$type<BudgetPeriod>().notNull(),
    limitMicros: micros('limit_micros').notNull(),
    /** When the period began that `spentMicros` counts; an older one counts as nothing spent. */
    periodStart: instant('period_start').notNull(),
    spentMicros: micros('spent_micros').notNull().default(0),
    reservedMicros: micros('reserved_micros').notNull().default(0),
    /** The highest threshold that was told of in this period: 0, 50, 80 or 100 per cent. */
    alerted: smallint('alerted').notNull().default(0),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('budgets_scope_key').on(t.orgId, t.scopeId, t.period),
    tenantPolicy(),
  ],
);

/** How the last look at an organization's money ended: what differed, and what was mended. */
export const ledgerChecks = pgTable(
  'ledger_checks',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    checkedAt: instant('checked_at').notNull(),
    /** When everything was looked at, and not only what is new. */
    wholeAt: instant('whole_at'),
    /** Runs and budgets looked at. */
    runs: integer('runs').notNull(),
    budgets: integer('budgets').notNull(),
    /** Calls of ended runs that nobody will settle any more: released. */
    released: integer('released').notNull(),
    /** All of them; `differences` has the first few. */
    differing: integer('differing').notNull(),
    differences: jsonb('differences').$type<LedgerDifference[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId] }), tenantPolicy()],
);
