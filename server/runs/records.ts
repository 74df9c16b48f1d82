import { LRUCache } from 'lru-cache';
import type { Row } from 'postgres';
import type { Sql, Statement } from '@/db/transaction';
import type { BudgetScope } from '@/lib/contracts/budgets';
import type { JsonValue } from '@/lib/contracts/json';
import type { RunErrorCode, RunStatus, SpanKind, SpanStatus, Usage } from '@/lib/contracts/runs';
import { afterCommit, type OrgContext, type TenantContext, tenantStatement, withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { type Charge, isInNoBudget, reserve, type Spending, settle } from '../ledger/service';
import { announceChange, isAwaited } from './live';
import { type ResultRow, type RunResult, selectResult, toResult } from './summaries';
import { type ChangedRun, type ClosedSpan, tellRun, tellSpan } from './telling';

/**
 * What the engine writes: each transition of a run one statement, money included, fenced by the run still being under
 * way, and told to who watches once it is committed.
 */
const announce = (
  ctx: OrgContext | TenantContext,
  runId: string,
  status: RunStatus,
  result?: RunResult,
): Promise<void> =>
  afterCommit(ctx, () => announceChange(runId, { rests: status !== 'queued' && status !== 'running', result }));

// Said like this, no plan takes the small index of all runs under way to look for one of them: the primary key has it at once. For
// the same reason a run is named by its id wherever it is changed, not by that of the row that was locked: planned while there are
// few, a join of both would go through all runs of the organization for as long as that plan is kept.
const ACTIVE = `status not in ('completed', 'failed', 'cancelled')`;
const isActive = (sql: Sql) => sql.unsafe(ACTIVE);
/**
 * Counts in its run `r` a span that begins (`by` 1) or ends (-1) and `was` running or waiting, an expression, and says what the run does
 * then. Counted, not looked up: other branches of the run write at the same time, and a statement sees of their spans what there
 * was when it began, of the run's row what there is once it has locked it.
 */
const countOpen = (sql: Sql, { by = 0, was = `''`, end }: { by?: 1 | 0 | -1; was?: string; end?: RunStatus } = {}) => {
  const now = (status: 'running' | 'waiting') =>
    `r.${status}_spans + case ${was} when '${status}' then ${by} else 0 end`;
  const next = end
    ? `'${end}'`
    : `case when ${now('waiting')} > 0 and ${now('running')} = 0 then 'waiting' else 'running' end`;
  return sql.unsafe(`running_spans = ${now('running')}, waiting_spans = ${now('waiting')},
        status = case when ${ACTIVE} then ${next} else status end`);
};
const changedRun = (sql: Sql) => sql`l.status as before, run.status, l.agent_id as "agentId",
  l.conversation_id as "conversationId", l.created_at as "createdAt", run.error_code as "errorCode"`;
const json = (value: JsonValue | undefined): string | null => (value === undefined ? null : JSON.stringify(value));
const preview = (text: string | null | undefined): string | null =>
  text == null ? null : text.slice(0, 280).replace(/\s+/g, ' ').trim().toWellFormed();

export { preview as previewOf };

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

/**
 * Most runs are in no budget, and statements without are half as long; they find nothing of a run that is in one. Where that was
 * so a moment ago, it is looked for at once.
 */
const inBudgetsLately = new LRUCache<string, true>({ max: 10_000, ttl: 60_000 });

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

export interface SpanEnd {
  runId: string;
  seq: number;
  status: Extract<SpanStatus, 'completed' | 'failed' | 'cancelled'>;
  output?: JsonValue;
  endedAt?: Date;
  firstTokenAt?: Date | null;
  providerMs?: number;
  usage?: Usage;
  usageEstimated?: boolean;
  /** What it cost; without, what was set aside for it is free again. */
  costMicros?: number;
  /** What the whole run may cost: needed where `costMicros` is given. */
  runLimitMicros?: number;
  finishReason?: string;
  /** It told the model text that somebody outside may have written. */
  taints?: boolean;
  error?: { code: RunErrorCode; message: string };
  /** What was said before the run was stopped: kept as its output when it has no other. */
  partial?: string;
  /** Ends the run in the same statement. */
  end?: RunEnd;
}

/** What a span that has ended leaves for the step behind it. */
export interface EndedSpan {
  /** Of the run. */
  revision: number;
  startedAt: Date;
  endedAt: Date;
  costMicros: number;
  /** As the database gives it back; null when the run ends with it. */
  output: JsonValue;
}

export type RunEnd =
  | { status: 'completed'; output: string; error?: undefined }
  | { status: 'failed'; output?: undefined; error: { code: RunErrorCode; message: string } };

/**
 * Ends a span, and with `end` its run. Also of a run that is over: what was spent, was spent. What a call cost is written
 * once, so that whoever got no answer may write it again.
 * @returns undefined when there is no such span, or it was written already.
 */
export async function closeSpan(ctx: OrgContext | TenantContext, span: SpanEnd): Promise<EndedSpan | undefined> {
  const { runId, seq, end, usage } = span;
  const org = ctx.org.id;
  const spending = {
    costMicros: span.costMicros,
    ...(usage ?? { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }),
    estimated: span.usageEstimated ?? false,
    runLimitMicros: span.runLimitMicros ?? 0,
  };
  const output = end?.output ?? (span.partial || null);
  type Closed = ChangedRun & ClosedSpan & { revision: number; output: JsonValue; result: ResultRow | null };
  const tellsResult = end?.status === 'completed' && isAwaited(runId);
  const close =
    (inBudgets: boolean) =>
    (sql: Sql): Statement<Closed> =>
      sql<Closed[]>`
    with locked as materialized (
      select id, workspace_id, agent_id, actor_type, actor_id, cost_micros, reserved_micros, status, conversation_id, created_at
      from runs where org_id = ${org} and id = ${runId} for update
    ), held as materialized (
      select s.seq, s.name, s.reserved_micros, s.reserved_in, s.status as was from locked, spans s
      where s.org_id = ${org} and s.run_id = ${runId} and s.seq = ${seq} ${inBudgets ? sql`` : sql`and ${isInNoBudget(sql, org, sql`locked`)}`}
        and s.cost_micros is null
      for update of s
    ), ${settle(sql, org, runId, spending, inBudgets)},
    run as (
      update runs r set revision = revision + 1, ${countOpen(sql, { by: -1, was: 'cost.was', end: end?.status })},
        input_tokens = input_tokens + ${spending.inputTokens}, cached_tokens = cached_tokens + ${spending.cachedTokens},
        output_tokens = output_tokens + ${spending.outputTokens}, cost_micros = cost_micros + cost.micros,
        reserved_micros = r.reserved_micros - cost.reserved_micros
        ${span.taints ? sql`, tainted_within = true` : sql``}
        ${
          end
            ? sql`,
        ended_at = case when ${isActive(sql)} then now() else ended_at end,
        output_preview = case when ${isActive(sql)} then ${preview(end.output)} else output_preview end,
        error_code = case when ${isActive(sql)} then ${end.error?.code ?? null} else error_code end,
        error_message = case when ${isActive(sql)} then ${end.error?.message ?? null} else error_message end`
            : sql``
        }
      from cost where org_id = ${org} and id = ${runId}
      returning ${tellsResult ? sql`r.*` : sql`r.revision, r.status, r.error_code`}
    ), span as (
      update spans s set status = ${span.status}, revision = run.revision, reserved_micros = 0, reserved_in = null,
        ended_at = coalesce(${span.endedAt?.toISOString() ?? null}::timestamptz, now()),
        first_token_at = ${span.firstTokenAt?.toISOString() ?? null}::timestamptz, provider_ms = ${span.providerMs ?? null}::int,
        input_tokens = ${usage?.inputTokens ?? null}::int, cached_tokens = ${usage?.cachedTokens ?? null}::int,
        output_tokens = ${usage?.outputTokens ?? null}::int, usage_estimated = ${spending.estimated},
        cost_micros = ${span.costMicros === undefined ? sql`null::bigint` : sql`cost.micros`},
        finish_reason = ${span.finishReason ?? null}, error_code = ${span.error?.code ?? null},
        error_message = ${span.error?.message ?? null}
      from run, cost where s.org_id = ${org} and s.run_id = ${runId} and s.seq = ${seq}
      returning s.kind, s.name, s.attempt, s.parent_seq, s.started_at, s.ended_at, s.cost_micros
    ), payload as (
      update span_payloads set output = ${json(span.output)}::jsonb where org_id = ${org} and run_id = ${runId} and seq = ${seq}
      returning output
    )
    ${
      output === null
        ? sql``
        : sql`, answer as (
      update run_payloads set output = coalesce(output, ${output}) where org_id = ${org} and run_id = ${runId} returning output
    )`
    }
    select ${changedRun(sql)}, s.kind, s.name, s.attempt, s.parent_seq as "parentSeq", s.started_at as "startedAt",
      s.ended_at as "endedAt", s.cost_micros as "costMicros", run.revision,
      ${end ? sql`null::jsonb` : sql`(select output from payload)`} as output,
      ${tellsResult ? sql`(select to_json(x) from (${selectResult(sql, sql`run`, sql`answer`)}) x)` : sql`null::json`} as result
    from run, locked l, span s`;
  if (usage) crashPoint('settle.before-effect');
  let [row] = inBudgetsLately.has(org) ? [] : await tenantStatement(ctx, close(false), { order: runId });
  if (!row) {
    [row] = await tenantStatement(ctx, close(true));
    if (row) inBudgetsLately.set(org, true);
  }
  if (!row) return undefined;
  if (usage) crashPoint('settle.before-checkpoint');
  const {
    before,
    status,
    agentId,
    conversationId,
    createdAt,
    errorCode,
    revision,
    output: kept,
    result,
    ...closed
  } = row;
  await announce(ctx, runId, status, result ? toResult(result) : undefined);
  await afterCommit(ctx, () => {
    const { firstTokenAt, finishReason } = span;
    const failure = span.error?.code ?? (span.status === 'cancelled' ? 'cancelled' : undefined);
    tellSpan(org, runId, { ...closed, seq, usage, firstTokenAt, finishReason, errorCode: failure });
    tellRun(org, runId, { before, status, agentId, conversationId, createdAt, errorCode });
  });
  if (usage) crashPoint('settle.after-checkpoint');
  return {
    revision,
    startedAt: new Date(closed.startedAt),
    endedAt: new Date(closed.endedAt),
    costMicros: Number(closed.costMicros),
    output: kept,
  };
}

/**
 * Ends a run outside of a span; open spans and questions end with it. A call under way keeps what was set aside for it until
 * its worker tells what it cost; `release` when there is no such worker any more.
 * @returns false when it was over already.
 */
export async function endRun(
  ctx: OrgContext | TenantContext,
  runId: string,
  end: RunEnd | { status: 'cancelled'; error?: undefined },
  { release = false } = {},
): Promise<boolean> {
  const org = ctx.org.id;
  const output = ('output' in end && end.output) || null;
  const nothing: Spending = {
    costMicros: undefined,
    runLimitMicros: 0,
    inputTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    estimated: false,
  };
  const endIt = (sql: Sql) => sql<ChangedRun[]>`
    with locked as materialized (
      select id, workspace_id, agent_id, actor_type, actor_id, cost_micros, reserved_micros, status, conversation_id, created_at
      from runs where org_id = ${org} and id = ${runId} and ${isActive(sql)}
    ), held as materialized (
      select s.seq, s.name, s.reserved_micros, s.reserved_in from locked, spans s
      where s.org_id = ${org} and s.run_id = ${runId} and ${release} and s.reserved_micros > 0 for update of s
    ), ${settle(sql, org, runId, nothing, true)},
    run as (
      update runs r set revision = revision + 1, status = ${end.status}, running_spans = 0, waiting_spans = 0, ended_at = now(),
        reserved_micros = r.reserved_micros - (select coalesce(sum(reserved_micros), 0) from cost),
        output_preview = coalesce(${preview(output)}, output_preview),
        error_code = ${end.error?.code ?? null}, error_message = ${end.error?.message ?? null}
      from locked where r.org_id = ${org} and r.id = ${runId}
      returning r.revision, r.status, r.error_code
    ), spans_ended as (
      update spans s set status = 'cancelled', ended_at = now(), revision = run.revision,
        reserved_micros = case when ${release} then 0 else s.reserved_micros end
      from run where s.org_id = ${org} and s.run_id = ${runId} and s.status in ('running', 'waiting')
    ), questions_ended as (
      update approvals a set status = 'cancelled' from run
      where a.org_id = ${org} and a.run_id = ${runId} and a.status = 'open'
    )${
      output === null
        ? sql``
        : sql`, answer as (
      update run_payloads p set output = ${output} from run where p.org_id = ${org} and p.run_id = ${runId}
    )`
    }
    select ${changedRun(sql)} from run, locked l`;
  // Locked first, by a statement of its own: what was begun while that had to wait is then seen by the one that ends it.
  const [, [row]] = await withTenant(ctx, ({ sql }) =>
    Promise.all([sql`select from runs where org_id = ${org} and id = ${runId} for update`, endIt(sql)]),
  );
  if (!row) return false;
  await announce(ctx, runId, end.status);
  await afterCommit(ctx, () => tellRun(org, runId, row));
  return true;
}

/** Notes a change that is in no span, for who watches; locks the run. */
export async function bumpRevision(ctx: TenantContext, runId: string): Promise<void> {
  const [row] = await ctx.sql<{ status: RunStatus }[]>`
    update runs set revision = revision + 1 where org_id = ${ctx.org.id} and id = ${runId} returning status`;
  if (row) await announce(ctx, runId, row.status);
}
