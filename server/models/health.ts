import { CredentialProvider } from '@/lib/contracts/models';
import type {
  CallFigures,
  Circuit,
  CircuitState,
  ProviderHealth,
  ResetCircuitInput,
} from '@/lib/contracts/provider-health';
import { CredentialSource } from '@/lib/contracts/provider-health';
import type { RunErrorCode } from '@/lib/contracts/runs';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { NotFound } from '../errors';
import * as queries from './queries';
import { firstIdSince } from './routing/speeds';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of the newest spans: a busy day is told by its last calls. */
const MOST_CALLS = 50_000;
const SHOWN_ERRORS = 20;

/** How each key, each model fared in the last hour and day, by the spans of runs; the sandbox apart, which cannot fail. */
export async function getHealth(ctx: OrgContext): Promise<ProviderHealth> {
  requirePermission(ctx, 'credentials:read');
  return withTenant(ctx, async (tx) => {
    const circuits = (await queries.selectCircuits(tx)).flatMap(toCircuit);
    const models = await selectFigures(tx);
    return { circuits, models, errors: await selectErrors(tx) };
  });
}

/** Forgets what failed: the next call is made as if nothing had. @throws NotFound where nothing is known. */
export async function resetCircuit(ctx: OrgContext, { provider, source }: ResetCircuitInput): Promise<void> {
  requirePermission(ctx, 'credentials:write');
  await withTenant(ctx, async (tx) => {
    const row = await queries.deleteCircuit(tx, provider, source);
    if (!row) throw new NotFound('circuit');
    const { failures, openings, lastErrorCode } = row;
    await recordAudit(tx, {
      action: 'circuit.reset',
      resourceType: 'model_circuit',
      resourceId: `${provider}/${source}`,
      before: { failures, openings, lastErrorCode },
    });
  });
}

function toCircuit(row: Awaited<ReturnType<typeof queries.selectCircuits>>[number]): Circuit[] {
  const provider = CredentialProvider.safeParse(row.provider);
  const source = CredentialSource.safeParse(row.source);
  if (!provider.success || !source.success) return [];
  const { failures, openUntil, lastErrorCode, lastError, lastFailedAt } = row;
  const state: CircuitState = openUntil === null ? 'closed' : openUntil > new Date() ? 'open' : 'half-open';
  const fared = { failures, openUntil, lastErrorCode, lastError, lastFailedAt };
  return [{ provider: provider.data, source: source.data, state, ...fared }];
}

interface Figures {
  model: string;
  isHour: boolean;
  calls: string;
  failed: string;
  first: number[] | null;
  total: number[] | null;
  speed: number | null;
}

async function selectFigures(ctx: TenantContext): Promise<ProviderHealth['models']> {
  const now = Date.now();
  const rows = await ctx.sql<Figures[]>`
    with calls as (
      select name, status, output_tokens, started_at >= ${new Date(now - HOUR_MS).toISOString()}::timestamptz as recent,
        extract(epoch from first_token_at - started_at) * 1000 as first_ms,
        extract(epoch from ended_at - first_token_at) * 1000 as rest_ms,
        extract(epoch from ended_at - started_at) * 1000 as total_ms
      from spans where org_id = ${ctx.org.id} and run_id >= ${firstIdSince(now - DAY_MS)}::uuid
        and kind = 'model' and status in ('completed', 'failed') and taken_over is null
      order by run_id desc limit ${MOST_CALLS}
    )
    select name as model, hours.is_hour as "isHour", count(*) as calls, count(*) filter (where status = 'failed') as failed,
      percentile_cont(array[0.5, 0.95]) within group (order by first_ms) filter (where status = 'completed') as first,
      percentile_cont(array[0.5, 0.95]) within group (order by total_ms) filter (where status = 'completed') as total,
      percentile_cont(0.5) within group (order by output_tokens * 1000.0 / greatest(rest_ms, 1))
        filter (where status = 'completed')::float8 as speed
    from calls join (values (true), (false)) hours (is_hour) on not hours.is_hour or calls.recent
    group by name, hours.is_hour`;
  const names = [...new Set(rows.map(({ model }) => model))].sort();
  const of = (model: string, isHour: boolean) => rows.find((row) => row.model === model && row.isHour === isHour);
  return names.map((model) => ({ model, hour: figuresOf(of(model, true)), day: figuresOf(of(model, false)) }));
}

function figuresOf(row: Figures | undefined): CallFigures {
  const ms = (value: number | null | undefined) => (value == null ? null : Math.round(value));
  return {
    calls: Number(row?.calls ?? 0),
    failed: Number(row?.failed ?? 0),
    firstTokenP50Ms: ms(row?.first?.[0]),
    firstTokenP95Ms: ms(row?.first?.[1]),
    durationP50Ms: ms(row?.total?.[0]),
    durationP95Ms: ms(row?.total?.[1]),
    tokensPerSecond: row?.speed == null ? null : Math.round(row.speed * 10) / 10,
  };
}

async function selectErrors(ctx: TenantContext): Promise<ProviderHealth['errors']> {
  const rows = await ctx.sql<
    { at: string; model: string; runId: string; code: RunErrorCode | null; message: string | null }[]
  >`
    select ended_at as at, name as model, run_id as "runId", error_code as code, error_message as message
    from spans where org_id = ${ctx.org.id} and run_id >= ${firstIdSince(Date.now() - DAY_MS)}::uuid
      and kind = 'model' and status = 'failed' and ended_at is not null and taken_over is null
    order by run_id desc, seq desc limit ${SHOWN_ERRORS}`;
  return rows.map(({ at, message, ...error }) => ({ ...error, at: new Date(at), message: message ?? '' }));
}
