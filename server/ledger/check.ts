import type { Row } from 'postgres';
import type { LedgerDifference } from '@/lib/contracts/ledger';
import { recordAudit } from '../audit/service';
import { asSystem, type OrgContext, tenantStatement, withTenant } from '../context';
import { log } from '../log';
import { metrics } from '../telemetry/metrics';
import { compareBudgets, recountBudget } from './recount';

/** How many runs one statement looks at: few enough that nobody waits behind it on the embedded database. */
const BATCH = 5_000;
/** A run that ended longer ago holds no money any more, unless its worker died. */
const SETTLED_MINUTES = 10;
/** How many differences are kept; all are counted. */
const KEPT = 20;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The organizations to check. */
export const listOrganizations = (): Promise<string[]> =>
  asSystem(async (_db, sql) => {
    const rows = await sql<{ id: string }[]>`select id from system.organizations order by id`;
    return rows.map(({ id }) => id);
  });

/** A job that checks has no rights in the organization but to read and mend its accounts. */
const checkContext = (orgId: string): OrgContext => ({
  org: { id: orgId, slug: '', name: 'this organization' },
  actor: { type: 'system', id: 'ledger-check' },
  permissions: [],
  request: null,
  log: log.child({ org: orgId }),
});

/** The smallest id of what is made from `time` on: ids begin with the milliseconds. */
const idFrom = (time: Date): string =>
  `${time
    .getTime()
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-0000-0000-000000000000`;

interface Found {
  last: string | null;
  runs: number;
  /** Runs over for some time that still hold money. */
  left: string[];
  differences: LedgerDifference[];
}

/**
 * Compares the runs after an id with their calls, and these with the ledger, in one statement, hence at one moment: what is
 * under way agrees too.
 */
async function compare(ctx: OrgContext, after: string): Promise<Found> {
  const org = ctx.org.id;
  const [row] = await tenantStatement<Found & Row>(
    ctx,
    (sql) => sql`
    with batch as materialized (
      select id, status, cost_micros, reserved_micros, ended_at from runs
      where org_id = ${org} and id > ${after} order by id limit ${BATCH}
    ), edge as materialized (
      select count(*)::int as runs, (array_agg(id order by id desc))[1] as last from batch
    ), span as materialized (
      select s.run_id, s.seq, coalesce(s.cost_micros, 0) as cost, s.reserved_micros as reserved
      from edge, spans s where s.org_id = ${org} and s.run_id > ${after} and s.run_id <= edge.last and s.kind <> 'human'
    ), entry as materialized (
      select e.run_id, e.seq, sum(e.spent_micros) as cost, sum(e.reserved_micros) as reserved,
        bool_or(e.kind = 'reserve') as reserves
      from edge, ledger_entries e join batch on batch.id = e.run_id
      where e.org_id = ${org} and e.run_id > ${after} and e.run_id <= edge.last group by e.run_id, e.seq
    ), differing as (
      select 'call' as kind, run_id as id, seq, coalesce(span.cost, 0) as cost, coalesce(entry.cost, 0) as ledger_cost,
        coalesce(span.reserved, 0) as reserved, coalesce(entry.reserved, 0) as ledger_reserved
      from span full join entry using (run_id, seq)
      where coalesce(span.cost, 0) <> coalesce(entry.cost, 0) or coalesce(span.reserved, 0) <> coalesce(entry.reserved, 0)
        or (entry.cost > 0 and not entry.reserves)
      union all
      select 'run', batch.id, null, batch.cost_micros, coalesce(sum(span.cost), 0), batch.reserved_micros,
        coalesce(sum(span.reserved), 0)
      from batch left join span on span.run_id = batch.id group by batch.id, batch.cost_micros, batch.reserved_micros
      having batch.cost_micros <> coalesce(sum(span.cost), 0) or batch.reserved_micros <> coalesce(sum(span.reserved), 0)
    )
    select last, runs, (
      select coalesce(jsonb_agg(id), '[]') from batch
      where reserved_micros <> 0 and ended_at < now() - make_interval(mins => ${SETTLED_MINUTES})
    ) as left, (
      select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'costMicros', array[cost, ledger_cost],
        'reservedMicros', array[reserved, ledger_reserved]) || case when seq is null then '{}' else jsonb_build_object('seq', seq) end
        order by id, seq), '[]') from differing
    ) as differences
    from edge`,
  );
  if (!row) throw new Error('a count has no row');
  return row;
}

/** Money without a worker, by the run that holds it: `release` gives it back. */
type Release = (run: { orgId: string; runId: string }) => Promise<number>;

/**
 * Compares ledger, calls, runs and budgets of an organization. Released is what nobody will settle; a budget's counters are
 * set to what the ledger says. Other differences are told and left: no entry is ever changed.
 * @param since looks at what is newer; omitted, at everything.
 */
export async function checkLedger(orgId: string, release: Release, since?: Date): Promise<{ differing: number }> {
  const ctx = checkContext(orgId);
  const differences: LedgerDifference[] = [];
  let runs = 0;
  let released = 0;
  for (let after: string | null = since ? idFrom(since) : FIRST_ID; after !== null; ) {
    const found: Found = await compare(ctx, after);
    runs += found.runs;
    differences.push(...found.differences);
    for (const runId of found.left) released += await release({ orgId, runId });
    after = found.runs < BATCH ? null : found.last;
  }
  const budgets = await recount(ctx, differences);
  await record(ctx, { runs, budgets, released, whole: since === undefined, differences });
  return { differing: differences.length };
}

/** Looks at all budgets at one moment without holding anybody up; only those that differ are locked and mended. */
async function recount(ctx: OrgContext, differences: LedgerDifference[]): Promise<number> {
  const budgets = await tenantStatement(ctx, (sql) => compareBudgets(sql, ctx.org.id));
  for (const { id, agrees } of budgets) {
    if (agrees) continue;
    const counted = await withTenant(ctx, (tx) => recountBudget(tx, id));
    if (!counted) continue;
    const { spentMicros, reservedMicros } = counted;
    if (spentMicros[0] === spentMicros[1] && reservedMicros[0] === reservedMicros[1]) continue;
    differences.push({ kind: 'budget', id, costMicros: spentMicros, reservedMicros });
  }
  return budgets.length;
}

interface Result {
  runs: number;
  budgets: number;
  released: number;
  whole: boolean;
  differences: LedgerDifference[];
}

async function record(ctx: OrgContext, { runs, budgets, released, whole, differences }: Result): Promise<void> {
  const kept = differences.slice(0, KEPT);
  await withTenant(ctx, async (tx) => {
    await tx.sql`
      insert into ledger_checks (org_id, checked_at, whole_at, runs, budgets, released, differing, differences)
      select id, now(), case when ${whole}::bool then now() end, ${runs}::int, ${budgets}::int, ${released}::int,
        ${differences.length}::int, ${JSON.stringify(kept)}::jsonb from organizations where id = ${ctx.org.id}
      on conflict (org_id) do update set checked_at = excluded.checked_at, whole_at = coalesce(excluded.whole_at, ledger_checks.whole_at),
        runs = excluded.runs, budgets = excluded.budgets, released = excluded.released, differing = excluded.differing,
        differences = excluded.differences`;
    if (released > 0 || differences.length > 0) {
      const after = { released, differing: differences.length, differences: kept };
      await recordAudit(tx, { action: 'ledger.check', resourceType: 'organization', resourceId: ctx.org.id, after });
    }
  });
  for (const { kind } of differences) metrics().ledgerDifferences.inc({ kind });
  if (released > 0) ctx.log.warn({ released }, 'money of calls without a worker was released');
  if (differences.length > 0) ctx.log.error({ differing: differences.length, first: kept }, 'the ledger differs');
}
