import type { TenantContext } from '../../context';
import type { Speed } from './rank';

const FRESH_MS = 60_000;
/** Where a model was missing, which goes first until it is measured. */
const FRESH_WITHOUT_MS = 1_000;
const WINDOW_MS = 3_600_000;
/** Of the newest calls, so that a busy organization is read as quickly as a quiet one. */
const MOST_CALLS = 2_000;

const known = new Map<string, { at: number; speeds: Map<string, Speed> }>();

/**
 * How fast models answered lately, by the spans that are there anyway: nothing is written for it, and every process reads
 * the same. Read at most once a minute for an organization, and sooner again while one of `models` was not measured.
 */
export async function speedsOf(ctx: TenantContext, models: readonly string[]): Promise<ReadonlyMap<string, Speed>> {
  const kept = known.get(ctx.org.id);
  const freshMs = kept && models.every((model) => kept.speeds.has(model)) ? FRESH_MS : FRESH_WITHOUT_MS;
  if (kept && Date.now() - kept.at < freshMs) return kept.speeds;
  // Ids of runs are in order of time: the primary key finds the last hour.
  const rows = await ctx.sql<{ model: string; firstTokenMs: number; tokensPerSecond: number }[]>`
    select name as model, percentile_cont(0.5) within group (order by first_ms)::float8 as "firstTokenMs",
      percentile_cont(0.5) within group (order by output_tokens * 1000.0 / greatest(rest_ms, 1))::float8 as "tokensPerSecond"
    from (
      select name, output_tokens, extract(epoch from first_token_at - started_at) * 1000 as first_ms,
        extract(epoch from ended_at - first_token_at) * 1000 as rest_ms
      from spans where org_id = ${ctx.org.id} and run_id >= ${firstIdSince(Date.now() - WINDOW_MS)}::uuid
        and kind = 'model' and status = 'completed' and first_token_at is not null and taken_over is null
      order by run_id desc limit ${MOST_CALLS}
    ) calls group by name`;
  const speeds = new Map(rows.map(({ model, ...speed }) => [model, speed]));
  if (known.size > 1_000) known.clear();
  known.set(ctx.org.id, { at: Date.now(), speeds });
  return speeds;
}

/** The first UUIDv7 there can be at an instant. */
export function firstIdSince(ms: number): string {
  const hex = Math.floor(ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
