import type { Row } from 'postgres';
import type { Sql, Statement } from '@/db/transaction';
import type { BudgetScope } from '@/lib/contracts/budgets';
import type { JsonValue } from '@/lib/contracts/json';
import type { RunStatus, SpanKind, SpanStatus } from '@/lib/contracts/runs';
import { afterCommit, type OrgContext, type TenantContext, tenantStatement } from '../context';
import { crashPoint } from '../crash-point';
import { type Charge, isInNoBudget, reserve } from '../ledger/service';
import type { EndedSpan, SpanEnd } from './span-end';
import { tellSpan } from './telling';
import { announce, countOpen, inBudgetsLately, isActive, json } from './transition';

export type Condition = (sql: Sql) => Statement<Row>;

export interface NewSpan {
  runId: string;
  stepKey: string;
  kind: SpanKind;
  name: string;
  status: Extract<SpanStatus, 'running' | 'waiting'>;
  /** When the step could have begun; an attempt after the first has waited since the one before it ended. */
  queuedAt: Date;
  parentSeq?: number;
  input?: JsonValue;
  /** What it costs at most; set aside before the span begins. */
  charge?: Charge;
  /** The transaction of the context ends with it: nothing may be written there afterwards. */
  last?: true;
  /** Of the run's row, where it was read at an earlier moment: whether it is still as it was. */
  holds?: Condition;
}

export interface OpenedSpan {
  /** Also the revision of the run from then on. */
  seq: number;
  /** 0 is the first. */
  attempt: number;
  /** What was set aside. */
  grantedMicros: number;
}

/** A span that may not begin: there is no money for it. */
export interface Refusal {
  /** The budget without room, or `run` for the run's own limit. */
  refusedBy: BudgetScope | 'run';
  /** There may be room once calls that are under way have ended. */
  later: boolean;
}

/** Something has happened in a run since it was read. */
export class Outdated extends Error {}

/** Begins a span. @returns undefined when the run is over. @throws Outdated when it is over or nothing `holds`. */
export async function openSpan(
  ctx: OrgContext | TenantContext,
  span: NewSpan & { charge?: undefined },
): Promise<OpenedSpan | undefined>;
export async function openSpan(
  ctx: OrgContext | TenantContext,
  span: NewSpan,
): Promise<OpenedSpan | Refusal | undefined>;
export async function openSpan(
  ctx: OrgContext | TenantContext,
  span: NewSpan,
): Promise<OpenedSpan | Refusal | undefined> {
  const { runId, stepKey, status } = span;
  const org = ctx.org.id;
  // What finds nothing is done again without `holds`, and then looks for budgets in any case.
  const inBudgets = span.charge !== undefined && (!span.holds || inBudgetsLately.has(org));
  if (span.charge) crashPoint('reserve.before-effect');
  const [row] = await tenantStatement<{
    seq: number | null;
    attempt: number;
    status: RunStatus;
    micros: string | null;
    later: boolean;
    scope: Refusal['refusedBy'];
  }>(
    ctx,
    (sql) => sql`
    with locked as materialized (
      select id, workspace_id, agent_id, actor_type, actor_id, cost_micros, reserved_micros from runs
      where org_id = ${org} and id = ${runId} and ${isActive(sql)}
        ${span.holds ? sql`and ${span.holds(sql)}` : sql``}
        ${span.charge && !inBudgets ? sql`and ${isInNoBudget(sql, org, sql`runs`)}` : sql``} for update
    ), ${span.charge ? reserve(sql, org, span.charge, inBudgets) : sql`granted as (select 0::bigint as micros, false as later, 'run' as scope)`},
    run as (
      update runs r set revision = revision + 1, started_at = coalesce(started_at, now()),
        reserved_micros = r.reserved_micros + g.micros,
        ${countOpen(sql, { by: 1, was: `'${status}'` })}
      from locked, granted g where r.org_id = ${org} and r.id = ${runId} and g.micros is not null
      returning r.revision, r.status
    ), span as (
      insert into spans (org_id, run_id, seq, step_key, attempt, parent_seq, kind, name, status, revision, queued_at, started_at,
        reserved_micros, reserved_in)
      select ${org}::uuid, ${runId}::uuid, run.revision, ${stepKey}::text, coalesce(before.attempts, 0), ${span.parentSeq ?? null}::int,
        ${span.kind}::text, ${span.name}::text, ${status}::text, run.revision,
        greatest(${span.queuedAt.toISOString()}::timestamptz, before.ended_at), now(), g.micros,
        ${inBudgets ? sql`(select array_agg(id) from budget)` : sql`null::uuid[]`}
      from run, granted g, (select count(*) as attempts, max(ended_at) as ended_at from spans s
        where s.org_id = ${org} and s.run_id = ${runId} and s.step_key = ${stepKey}) before
      returning seq, attempt
    ), payload as (
      insert into span_payloads (org_id, run_id, seq, input) select ${org}::uuid, ${runId}::uuid, seq, ${json(span.input)}::jsonb from span
    )
    ${
      span.charge
        ? sql`, reserved as (
      insert into ledger_entries (org_id, run_id, seq, kind, reserved_micros, spent_micros, workspace_id, agent_id, actor_type, actor_id, item)
      select ${org}::uuid, ${runId}::uuid, s.seq, 'reserve', g.micros, 0, l.workspace_id, l.agent_id, l.actor_type, l.actor_id, ${span.name}::text
      from span s, granted g, locked l where g.micros > 0
    )`
        : sql``
    }
    select s.seq, s.attempt, run.status, g.micros, g.later, g.scope
    from locked cross join granted g left join run on true left join span s on true`,
    // Budgets are locked as well, and others share them.
    { last: span.last, order: inBudgets ? undefined : runId },
  );
  if (!row && span.charge && !inBudgets) inBudgetsLately.set(org, true);
  if (!row && span.holds) throw new Outdated();
  if (!row) return undefined;
  if (row.seq === null) return { refusedBy: row.scope, later: row.later };
  if (span.charge) {
    crashPoint('reserve.before-checkpoint');
    await afterCommit(ctx, () => crashPoint('reserve.after-checkpoint'));
  }
  await announce(ctx, runId, row.status);
  return { seq: row.seq, attempt: row.attempt, grantedMicros: Number(row.micros) };
}

/**
 * Records a span that was over in no time, and asked nobody for anything: begun and ended in one statement.
 * @returns undefined when the run is over. @throws Outdated when it is over or nothing `holds`
 */
export async function recordSpan(
  ctx: OrgContext | TenantContext,
  span: Omit<NewSpan, 'status' | 'charge'> &
    Pick<SpanEnd, 'output' | 'error' | 'providerMs' | 'taints'> & {
      status: Extract<SpanStatus, 'completed' | 'failed'>;
    },
): Promise<(EndedSpan & { seq: number }) | undefined> {
  const { runId, stepKey, kind, name, parentSeq = null, error } = span;
  const org = ctx.org.id;
  const [row] = await tenantStatement<{
    seq: number;
    attempt: number;
    runStatus: RunStatus;
    startedAt: string;
    endedAt: string;
    output: JsonValue;
  }>(
    ctx,
    (sql) => sql`
    with locked as materialized (
      select id from runs where org_id = ${org} and id = ${runId} and ${isActive(sql)}
        ${span.holds ? sql`and ${span.holds(sql)}` : sql``} for update
    ), run as (
      update runs r set revision = revision + 1, started_at = coalesce(started_at, now()), ${countOpen(sql)}
        ${span.taints ? sql`, tainted_within = true` : sql``}
      from locked where r.org_id = ${org} and r.id = ${runId}
      returning r.revision, r.status
    ), span as (
      insert into spans (org_id, run_id, seq, step_key, attempt, parent_seq, kind, name, status, revision, queued_at, started_at,
        ended_at, reserved_micros, provider_ms, error_code, error_message)
      select ${org}::uuid, ${runId}::uuid, run.revision, ${stepKey}::text, before.attempts, ${parentSeq}::int, ${kind}::text,
        ${name}::text, ${span.status}::text, run.revision, greatest(${span.queuedAt.toISOString()}::timestamptz, before.ended_at),
        now(), now(), 0, ${span.providerMs ?? null}::int, ${error?.code ?? null}::text, ${error?.message ?? null}::text
      from run, (select count(*) as attempts, max(ended_at) as ended_at from spans s
        where s.org_id = ${org} and s.run_id = ${runId} and s.step_key = ${stepKey}) before
      returning seq, attempt, started_at, ended_at
    ), payload as (
      insert into span_payloads (org_id, run_id, seq, input, output)
      select ${org}::uuid, ${runId}::uuid, seq, ${json(span.input)}::jsonb, ${json(span.output)}::jsonb from span returning output
    )
    select s.seq, s.attempt, run.status as "runStatus", s.started_at as "startedAt", s.ended_at as "endedAt", p.output
    from run, span s, payload p`,
    { last: span.last, order: runId },
  );
  if (!row && span.holds) throw new Outdated();
  if (!row) return undefined;
  const { seq, attempt, runStatus, startedAt, endedAt, output } = row;
  await announce(ctx, runId, runStatus);
  await afterCommit(ctx, () =>
    tellSpan(org, runId, {
      kind,
      name,
      attempt,
      parentSeq,
      startedAt,
      endedAt,
      costMicros: null,
      seq,
      errorCode: error?.code,
    }),
  );
  return { seq, revision: seq, startedAt: new Date(startedAt), endedAt: new Date(endedAt), costMicros: 0, output };
}
