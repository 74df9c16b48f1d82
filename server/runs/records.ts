import { sql } from 'drizzle-orm';
import type { JsonValue } from '@/lib/contracts/json';
import type { RunErrorCode, RunStatus, SpanKind, SpanStatus, Usage } from '@/lib/contracts/runs';
import type { TenantContext } from '../context';
import { announceChange } from './live';

/**
 * What the engine writes: each transition of a run one statement, fenced by the run still being under way, and told to
 * who watches once it is committed.
 */
const announce = (ctx: TenantContext, runId: string, status: RunStatus): void =>
  ctx.afterCommit(() => announceChange(runId, { rests: status !== 'queued' && status !== 'running' }));

const ACTIVE = sql`('queued', 'running', 'waiting')`;
const json = (value: JsonValue | undefined) =>
  value === undefined ? sql`null::jsonb` : sql`${JSON.stringify(value)}::jsonb`;
const preview = (text: string | null | undefined): string | null =>
  text == null ? null : text.slice(0, 280).replace(/\s+/g, ' ').trim().toWellFormed();

export { preview as previewOf };

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
}

/**
 * Begins a span; an attempt of the same step that never ended is closed as interrupted.
 * @returns its number and which attempt it is (0 the first); undefined when the run is over.
 */
export async function openSpan(
  ctx: TenantContext,
  span: NewSpan,
): Promise<{ seq: number; attempt: number } | undefined> {
  const { runId, stepKey } = span;
  const org = ctx.org.id;
  const [row] = await ctx.db.execute<{ seq: number; attempt: number; status: RunStatus }>(sql`
    with run as (
      update runs set revision = revision + 1, started_at = coalesce(started_at, now()),
        status = case when ${span.status} = 'running' or exists (
          select from spans s where s.org_id = ${org} and s.run_id = ${runId} and s.status = 'running' and s.step_key <> ${stepKey})
          then 'running' else 'waiting' end
      where org_id = ${org} and id = ${runId} and status in ${ACTIVE}
      returning revision, status
    ), interrupted as (
      update spans s set status = 'failed', ended_at = now(), revision = run.revision, error_code = 'interrupted',
        error_message = 'The server stopped during this attempt; the step was tried again.'
      from run where s.org_id = ${org} and s.run_id = ${runId} and s.step_key = ${stepKey} and s.status in ('running', 'waiting')
    ), span as (
      insert into spans (org_id, run_id, seq, step_key, attempt, parent_seq, kind, name, status, revision, queued_at, started_at)
      select ${org}::uuid, ${runId}::uuid, run.revision, ${stepKey}::text,
        (select count(*) from spans s where s.org_id = ${org} and s.run_id = ${runId} and s.step_key = ${stepKey}),
        ${span.parentSeq ?? null}::int, ${span.kind}::text, ${span.name}::text, ${span.status}::text, run.revision,
        greatest(${span.queuedAt.toISOString()}::timestamptz, (select max(s.ended_at) from spans s
          where s.org_id = ${org} and s.run_id = ${runId} and s.step_key = ${stepKey})), now()
      from run returning seq, attempt
    ), payload as (
      insert into span_payloads (org_id, run_id, seq, input) select ${org}::uuid, ${runId}::uuid, seq, ${json(span.input)} from span
    )
    select seq, attempt, (select status from run) from span`);
  if (!row) return undefined;
  announce(ctx, runId, row.status);
  return { seq: row.seq, attempt: row.attempt };
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
  costMicros?: number;
  finishReason?: string;
  error?: { code: RunErrorCode; message: string };
  /** What was said before the run was stopped: kept as its output when it has no other. */
  partial?: string;
  /** Ends the run in the same statement. */
  end?: RunEnd;
}

export interface RunEnd {
  status: Extract<RunStatus, 'completed' | 'failed'>;
  output?: string;
  error?: { code: RunErrorCode; message: string };
}

/** Ends a span and adds its usage to the run, also when the run was cancelled meanwhile: what was spent, was spent. */
export async function closeSpan(ctx: TenantContext, span: SpanEnd): Promise<void> {
  const { runId, seq, end } = span;
  const org = ctx.org.id;
  const output = end?.output ?? (span.partial || null);
  const usage = span.usage ?? { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  const others = (status: SpanStatus) => sql`exists (select from spans s
    where s.org_id = ${org} and s.run_id = ${runId} and s.status = ${status} and s.seq <> ${seq})`;
  const next = end
    ? sql`${end.status}`
    : sql`case when ${others('waiting')} and not ${others('running')} then 'waiting' else 'running' end`;
  const ifActive = (value: ReturnType<typeof sql>, otherwise: ReturnType<typeof sql>) =>
    end ? sql`case when status in ${ACTIVE} then ${value} else ${otherwise} end` : otherwise;
  const [row] = await ctx.db.execute<{ status: RunStatus }>(sql`
    with run as (
      update runs set revision = revision + 1,
        status = case when status in ${ACTIVE} then ${next} else status end,
        input_tokens = input_tokens + ${usage.inputTokens}, cached_tokens = cached_tokens + ${usage.cachedTokens},
        output_tokens = output_tokens + ${usage.outputTokens}, cost_micros = cost_micros + ${span.costMicros ?? 0},
        ended_at = ${ifActive(sql`now()`, sql`ended_at`)},
        output_preview = ${ifActive(sql`${preview(end?.output)}`, sql`output_preview`)},
        error_code = ${ifActive(sql`${end?.error?.code ?? null}`, sql`error_code`)},
        error_message = ${ifActive(sql`${end?.error?.message ?? null}`, sql`error_message`)}
      where org_id = ${org} and id = ${runId}
      returning revision, status
    ), span as (
      update spans s set status = ${span.status}, revision = run.revision,
        ended_at = coalesce(${span.endedAt?.toISOString() ?? null}::timestamptz, now()),
        first_token_at = ${span.firstTokenAt?.toISOString() ?? null}::timestamptz, provider_ms = ${span.providerMs ?? null}::int,
        input_tokens = ${span.usage?.inputTokens ?? null}::int, cached_tokens = ${span.usage?.cachedTokens ?? null}::int,
        output_tokens = ${span.usage?.outputTokens ?? null}::int, cost_micros = ${span.costMicros ?? null}::bigint,
        finish_reason = ${span.finishReason ?? null}, error_code = ${span.error?.code ?? null},
        error_message = ${span.error?.message ?? null}
      from run where s.org_id = ${org} and s.run_id = ${runId} and s.seq = ${seq}
    ), payload as (
      update span_payloads set output = ${json(span.output)} where org_id = ${org} and run_id = ${runId} and seq = ${seq}
    ), answer as (
      update run_payloads set output = coalesce(output, ${output})
      where org_id = ${org} and run_id = ${runId} and ${output !== null}
    )
    select status from run`);
  if (row) announce(ctx, runId, row.status);
}

/** Ends a run outside of a span; open spans and questions end with it. False when it was over already. */
export async function endRun(
  ctx: TenantContext,
  runId: string,
  end: RunEnd | { status: 'cancelled'; error?: undefined },
): Promise<boolean> {
  const org = ctx.org.id;
  const [row] = await ctx.db.execute<{ revision: number }>(sql`
    with run as (
      update runs set revision = revision + 1, status = ${end.status}, ended_at = now(),
        error_code = ${end.error?.code ?? null}, error_message = ${end.error?.message ?? null}
      where org_id = ${org} and id = ${runId} and status in ${ACTIVE}
      returning revision
    ), spans_ended as (
      update spans s set status = 'cancelled', ended_at = now(), revision = run.revision
      from run where s.org_id = ${org} and s.run_id = ${runId} and s.status in ('running', 'waiting')
    ), questions_ended as (
      update approvals a set status = 'cancelled' from run
      where a.org_id = ${org} and a.run_id = ${runId} and a.status = 'open'
    )
    select revision from run`);
  if (row) announce(ctx, runId, end.status);
  return row !== undefined;
}

/** Notes a change that is in no span, for who watches. */
export async function bumpRevision(ctx: TenantContext, runId: string): Promise<void> {
  const [row] = await ctx.db.execute<{ status: RunStatus }>(sql`
    update runs set revision = revision + 1 where org_id = ${ctx.org.id} and id = ${runId} returning status`);
  if (row) announce(ctx, runId, row.status);
}
