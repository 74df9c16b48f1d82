import { and, desc, eq, gt, gte, ilike, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { runs } from '@/db/schema/runs';
import type { PageOf } from '@/lib/contracts/paging';
import type { CountNewRunsInput, ListRunsInput, RunOverview, RunSummary } from '@/lib/contracts/runs';
import type { TenantContext } from '../context';
import { idCursor, likeAnywhere, toPage } from '../paging';
import { selectSummaries } from './summaries';

/** Many runs at once: pages of the list, what is new of them, and the numbers of a day. */

type Filter = Omit<CountNewRunsInput, 'since'>;

/** Filters that an index answers, however many runs there are. */
const isIn = (input: Filter): SQL | undefined =>
  and(
    input.status.length > 0 ? inArray(runs.status, input.status) : undefined,
    input.agentId ? eq(runs.agentId, input.agentId) : undefined,
    input.conversationId ? eq(runs.conversationId, input.conversationId) : undefined,
  );

/** Filters for which runs have to be looked at one by one: an index of each would cost every run more than a search saves. */
const looksLike = (input: Filter): SQL | undefined =>
  and(
    input.trigger.length > 0 ? inArray(runs.trigger, input.trigger) : undefined,
    input.workspaceId ? eq(runs.workspaceId, input.workspaceId) : undefined,
    input.minCostMicros === undefined ? undefined : gte(runs.costMicros, input.minCostMicros),
    input.query.trim()
      ? or(
          ilike(runs.inputPreview, likeAnywhere(input.query.trim())),
          ilike(runs.outputPreview, likeAnywhere(input.query.trim())),
        )
      : undefined,
  );

/** So many runs are looked at for one page; with text each takes some microseconds. */
const LOOKED_AT = { text: 10_000, other: 25_000 };

/**
 * Newest first. A page stays what it is while new runs arrive: it goes on below an id. A search that has looked at its
 * share of runs ends its page there, with as many as it found, and the next page goes on from there.
 */
export async function selectRuns(ctx: TenantContext, input: ListRunsInput): Promise<PageOf<RunSummary>> {
  const before = idCursor(input.cursor);
  const below = and(isIn(input), before ? lt(runs.id, before) : undefined);
  const wanted = looksLike(input);
  // What is good for one value is slow for another: a plan for all values would be wrong for some.
  await ctx.sql`set local plan_cache_mode = force_custom_plan`;
  const floor = wanted && (await findFloor(ctx, below, input.query.trim() ? LOOKED_AT.text : LOOKED_AT.other));
  const rows = await selectSummaries(ctx, and(below, wanted, floor ? gte(runs.id, floor) : undefined))
    .orderBy(desc(runs.id))
    .limit(input.limit + 1);
  const page = toPage(rows, input.limit, (row) => row.id);
  return { ...page, nextCursor: page.nextCursor ?? floor ?? null };
}

/** The id of the `count`th run; undefined when there are fewer. */
async function findFloor(ctx: TenantContext, where: SQL | undefined, count: number): Promise<string | undefined> {
  const [row] = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.orgId, ctx.org.id), where))
    .orderBy(desc(runs.id))
    .offset(count - 1)
    .limit(1);
  return row?.id;
}

/** How many are newer than `since`; counts no further than 100. */
export async function countNewRuns(ctx: TenantContext, input: CountNewRunsInput): Promise<number> {
  const rows = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.orgId, ctx.org.id), gt(runs.id, input.since), isIn(input), looksLike(input)))
    .limit(100);
  return rows.length;
}

/** Numbers of the last 24 hours, and by hour; an hour without runs is there with zeros. */
export async function selectOverview(ctx: TenantContext): Promise<Pick<RunOverview, 'last24h' | 'hours'>> {
  const hours = await ctx.db.execute<{ hour: string; runs: string; failed: string; cost: string }>(sql`
    select hour, count(r.id) as runs, count(r.id) filter (where r.status = 'failed') as failed,
      coalesce(sum(r.cost_micros), 0) as cost
    from generate_series(date_trunc('hour', now()) - interval '23 hours', date_trunc('hour', now()), interval '1 hour') hour
    left join runs r on r.org_id = ${ctx.org.id} and r.created_at >= hour and r.created_at < hour + interval '1 hour'
    group by hour order by hour`);
  const [total] = await ctx.db.execute<
    Record<'runs' | 'failed' | 'cost' | 'input' | 'output', string> & Record<'p50' | 'p95', number | null>
  >(sql`
    select count(*) as runs, count(*) filter (where status = 'failed') as failed, coalesce(sum(cost_micros), 0) as cost,
      coalesce(sum(input_tokens), 0) as input, coalesce(sum(output_tokens), 0) as output,
      percentile_cont(0.5) within group (order by extract(epoch from ended_at - created_at) * 1000) as p50,
      percentile_cont(0.95) within group (order by extract(epoch from ended_at - created_at) * 1000) as p95
    from runs where org_id = ${ctx.org.id} and created_at > now() - interval '24 hours'`);
  const round = (value: number | null | undefined) => (value == null ? null : Math.round(Number(value)));
  return {
    last24h: {
      runs: Number(total?.runs ?? 0),
      failed: Number(total?.failed ?? 0),
      costMicros: Number(total?.cost ?? 0),
      inputTokens: Number(total?.input ?? 0),
      outputTokens: Number(total?.output ?? 0),
      p50Ms: round(total?.p50),
      p95Ms: round(total?.p95),
    },
    hours: hours.map((row) => ({
      hour: new Date(row.hour),
      runs: Number(row.runs),
      failed: Number(row.failed),
      costMicros: Number(row.cost),
    })),
  };
}
