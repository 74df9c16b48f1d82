import type { Row } from 'postgres';
import type { Sql, Statement } from '@/db/transaction';
import type { TenantContext } from '../context';
import { periodStart } from './statements';

/** What the counters of budget `b` are in its current period by the ledger, and by the calls that hold money of it now. */
const counted = (sql: Sql) => sql`
  select p.start, (
    select coalesce(sum(e.spent_micros), 0) from ledger_entries e
    where e.org_id = b.org_id and e.kind <> 'reserve' and e.created_at >= p.start
      and b.scope_id = case b.scope when 'organization' then e.org_id when 'workspace' then e.workspace_id
        when 'agent' then e.agent_id else e.actor_id end
  ) as spent, (
    select coalesce(sum(s.reserved_micros), 0)
    from runs r join spans s on s.org_id = r.org_id and s.run_id = r.id
    where r.org_id = b.org_id and r.reserved_micros > 0 and b.id = any(s.reserved_in)
      and (r.status in ('queued', 'running', 'waiting') or r.created_at > now() - interval '24 hours')
  ) as reserved
  from (select ${periodStart(sql)} as start) p`;

const spentNow = (sql: Sql) => sql`case when b.period_start < ${periodStart(sql)} then 0 else b.spent_micros end`;

/** Which budgets agree with the ledger. One statement sees one moment, in which both were written together. */
export const compareBudgets = (sql: Sql, org: string): Statement<Row & { id: string; agrees: boolean }> => sql`
  select b.id, ${spentNow(sql)} = c.spent and b.reserved_micros = c.reserved as agrees
  from budgets b cross join lateral (${counted(sql)}) c where b.org_id = ${org} order by b.id`;

/** A budget's counters as they were, and as they are by the ledger. */
export interface Recount {
  spentMicros: [was: number, is: number];
  reservedMicros: [was: number, is: number];
}

/**
 * Counts a budget anew. Whoever spends of it waits meanwhile, or was done before: the lock is a statement of its own, so that
 * the next one sees what they wrote.
 * @returns undefined when there is no such budget.
 */
export async function recountBudget({ sql, org }: TenantContext, budgetId: string): Promise<Recount | undefined> {
  const [was] = await sql<Record<'spent' | 'reserved', string>[]>`
    select ${spentNow(sql)} as spent, b.reserved_micros as reserved
    from budgets b where b.org_id = ${org.id} and b.id = ${budgetId} for update`;
  if (!was) return undefined;
  const [is] = await sql<Record<'spent' | 'reserved', string>[]>`
    with counted as (
      select c.* from budgets b cross join lateral (${counted(sql)}) c where b.org_id = ${org.id} and b.id = ${budgetId}
    )
    update budgets b set spent_micros = c.spent, reserved_micros = c.reserved, period_start = c.start,
      alerted = case when b.period_start < c.start then 0 else b.alerted end
    from counted c where b.org_id = ${org.id} and b.id = ${budgetId}
    returning b.spent_micros as spent, b.reserved_micros as reserved`;
  return {
    spentMicros: [Number(was.spent), Number(is?.spent)],
    reservedMicros: [Number(was.reserved), Number(is?.reserved)],
  };
}
