import type { Row } from 'postgres';
import type { Sql, Statement } from '@/db/transaction';
import { BUDGET_THRESHOLDS } from '@/lib/contracts/budgets';

/**
 * Parts of the statements in which a call begins and ends, so that money and work change together or not at all.
 * Budgets are locked in the order of their ids: two calls that share several never wait for each other in a circle.
 */

/** The most a call may cost, as two numbers: what it costs in any case, and what each token of the answer adds. */
export interface Charge {
  /** In millionths of a micro-dollar. */
  base: number;
  /** Micro-dollars for a million tokens of output. */
  outputRate: number;
  /** Tokens of output wanted, and the fewest that are worth a call. */
  wantedTokens: number;
  leastTokens: number;
  /** What the whole run may cost, in micro-dollars. */
  runLimitMicros: number;
}

const bound = ({ base, outputRate }: Charge, tokens: number): number => Math.ceil((base + tokens * outputRate) / 1e6);

/** How many tokens of output `micros` pay for. */
export const affordableTokens = (charge: Charge, micros: number): number =>
  charge.outputRate === 0 || micros >= bound(charge, charge.wantedTokens)
    ? charge.wantedTokens
    : Math.floor((micros * 1e6 - charge.base) / charge.outputRate);

/**
 * When the current period of budget `b` began. Never an earlier one than it counts already: a call that began before midnight
 * and got hold of the budget after it counts into the new day.
 */
export const periodStart = (sql: Sql) => sql`greatest(b.period_start, case b.period
  when 'day' then date_trunc('day', now(), 'UTC') when 'month' then date_trunc('month', now(), 'UTC') end)`;

/** Budgets of who and what a run belongs to, as they are in the current period. */
const currentBudgets = (sql: Sql, org: string) => sql`
  select b.id, b.scope, b.limit_micros, p.start, b.reserved_micros,
    case when b.period_start < p.start then 0 else b.spent_micros end as spent_micros,
    case when b.period_start < p.start then 0 else b.alerted end as alerted
  from locked r join budgets b on b.org_id = ${org} and b.scope_id in (b.org_id, r.workspace_id, r.agent_id, r.actor_id)
    cross join lateral (select ${periodStart(sql)} as start) p
  order by b.id for update of b`;

/** A budget with nothing left at all, of any of these; the first column is its scope. */
export const exhausted = (sql: Sql, org: string, ids: readonly string[]) => sql`
  select b.scope from budgets b where b.org_id = ${org} and b.scope_id in ${sql([...ids])}
    and b.limit_micros <= case when b.period_start < ${periodStart(sql)} then 0 else b.spent_micros end`;

/** @param run the row of the run, by the name it has in the statement */
export const isInNoBudget = (sql: Sql, org: string, run: Statement<Row>) => sql`not exists (
  select from budgets b where b.org_id = ${org} and b.scope_id in (b.org_id, ${run}.workspace_id, ${run}.agent_id, ${run}.actor_id))`;

/** Tells of thresholds that were passed, once a period: `crossed` has the rows (id, alerted). */
const tell = (sql: Sql, org: string) => sql`
  insert into system.outbox (id, name, data)
  select gen_random_uuid(), 'budget/threshold.reached',
    jsonb_build_object('orgId', ${org}::text, 'budgetId', id, 'threshold', alerted)
  from crossed where alerted > told`;

/**
 * `granted(micros, later, scope)` out of `locked`, the run's row: what is set aside in every budget and in the run. No
 * micros: there is no room; `later` when there may be some once calls under way have ended.
 * @param inBudgets false where the run is in no budget: a third of the work
 */
export const reserve = (sql: Sql, org: string, charge: Charge, inBudgets: boolean) => sql`
  ${inBudgets ? sql`budget as materialized (${currentBudgets(sql, org)}),` : sql``}
  room as materialized (
    ${
      inBudgets
        ? sql`select limit_micros - spent_micros - reserved_micros as micros, limit_micros - spent_micros as at_best, scope
          from budget union all`
        : sql``
    }
    select ${charge.runLimitMicros}::bigint - cost_micros - reserved_micros as micros,
      ${charge.runLimitMicros}::bigint - cost_micros as at_best, 'run' as scope
    from locked
  ),
  granted as materialized (
    select case when micros >= ${bound(charge, charge.wantedTokens)}::bigint then ${bound(charge, charge.wantedTokens)}::bigint
      when micros >= ${bound(charge, charge.leastTokens)}::bigint then micros end as micros,
      at_best >= ${bound(charge, charge.leastTokens)}::bigint as later, scope
    from (select min(micros) as micros, min(at_best) as at_best, (array_agg(scope order by micros))[1] as scope from room) x
  )${inBudgets ? sql`, ${setAside(sql, org, charge)}` : sql``}`;

/** Takes what is granted from what is left of each `budget`. */
const setAside = (sql: Sql, org: string, charge: Charge) => sql`
  crossed as (
    update budgets b set reserved_micros = b.reserved_micros + coalesce(g.micros, 0),
      spent_micros = x.spent_micros, period_start = x.start,
      alerted = case when g.micros is null and not g.later and x.limit_micros - x.spent_micros < ${bound(charge, charge.leastTokens)}::bigint
        then 100 else x.alerted end
    from budget x, granted g where b.org_id = ${org} and b.id = x.id returning b.id, b.alerted, x.alerted as told
  ),
  told as (${tell(sql, org)})`;

/** What became of a call: how much it cost, or nothing, in the words of its provider or by an estimate. */
export interface Spending {
  costMicros: number | undefined;
  /** What the whole run may cost. */
  runLimitMicros: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  estimated: boolean;
}

/**
 * `cost(micros)` out of `locked`, the run's row, and `held(seq, name, reserved_micros, reserved_in)`, the spans that end; then
 * the entries and the counters. A call that cost more than was set aside for it takes what is left of the budgets and no
 * more, and its entry says that it is not exact: no budget is exceeded, whatever a provider says.
 * @param inBudgets false where the run is in no budget: half of the work.
 */
export const settle = (sql: Sql, org: string, runId: string, spending: Spending, inBudgets: boolean) => {
  const { costMicros, runLimitMicros, inputTokens, cachedTokens, outputTokens, estimated } = spending;
  const runRoom = sql`(select ${runLimitMicros}::bigint - cost_micros - reserved_micros from locked)`;
  const room = inBudgets
    ? sql`least((select min(limit_micros - spent_micros - reserved_micros) from budget), ${runRoom})`
    : runRoom;
  return sql`
  ${inBudgets ? sql`budget as materialized (${currentBudgets(sql, org)}),` : sql``}
  cost as materialized (
    select h.*, least(${costMicros ?? 0}::bigint,
      h.reserved_micros + case when h.reserved_micros > 0 then greatest(0, ${room}) else 0 end) as micros
    from held h
  ),
  entry as (
    insert into ledger_entries (org_id, run_id, seq, kind, reserved_micros, spent_micros, workspace_id, agent_id, actor_type,
      actor_id, item, input_tokens, cached_tokens, output_tokens, estimated)
    select ${org}::uuid, ${runId}::uuid, c.seq, ${costMicros === undefined ? 'release' : 'settle'}, -c.reserved_micros, c.micros,
      r.workspace_id, r.agent_id, r.actor_type, r.actor_id, c.name, ${inputTokens}::int, ${cachedTokens}::int,
      ${outputTokens}::int, ${estimated}::bool or ${costMicros ?? 0}::bigint > c.micros
    from cost c, locked r where c.reserved_micros > 0 or ${costMicros !== undefined}
    on conflict do nothing
  )${inBudgets ? sql`, ${charge(sql, org)}` : sql``}`;
};

/** Takes what is in `cost` from what is set aside in each `budget`, and counts it as spent. */
const charge = (sql: Sql, org: string) => sql`
  crossed as (
    update budgets b set period_start = x.start, spent_micros = x.spent_micros + s.micros,
      reserved_micros = b.reserved_micros - s.reserved_micros,
      alerted = greatest(x.alerted, case ${BUDGET_THRESHOLDS.toReversed().reduce(
        (cases, threshold) =>
          sql`${cases} when (x.spent_micros + s.micros) * 100 >= x.limit_micros * ${threshold}::bigint then ${threshold}::int`,
        sql``,
      )} else 0 end)
    from budget x cross join lateral (
      select coalesce(sum(c.micros), 0)::bigint as micros,
        coalesce(sum(c.reserved_micros) filter (where x.id = any(c.reserved_in)), 0)::bigint as reserved_micros
      from cost c) s
    where b.org_id = ${org} and b.id = x.id returning b.id, b.alerted, x.alerted as told
  ),
  told as (${tell(sql, org)})`;
