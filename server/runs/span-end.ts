import type { Sql, Statement } from '@/db/transaction';
import type { JsonValue } from '@/lib/contracts/json';
import type { RunErrorCode, SpanStatus, Usage } from '@/lib/contracts/runs';
import { afterCommit, type OrgContext, type TenantContext, tenantStatement, withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { isInNoBudget, type Spending, settle } from '../ledger/service';
import { isAwaited } from './live';
import { type ResultRow, selectResult, toResult } from './summaries';
import { type ChangedRun, type ClosedSpan, tellRun, tellSpan } from './telling';
import { announce, changedRun, countOpen, inBudgetsLately, isActive, json, previewOf } from './transition';

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
        output_preview = case when ${isActive(sql)} then ${previewOf(end.output)} else output_preview end,
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
        output_preview = coalesce(${previewOf(output)}, output_preview),
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
