import { beginsAnew, nameBudget } from '@/lib/budget-words';
import type { Budget, BudgetScope } from '@/lib/contracts/budgets';
import { formatCost } from '@/lib/format';
import type { TenantContext } from '../context';
import { BudgetExceeded } from '../errors';
import { exhausted, periodStart } from './statements';

/** Of whom and what a run is. */
export interface Payers {
  workspaceId: string;
  agentId: string;
  actorId: string;
}

const ids = ({ org }: TenantContext, { workspaceId, agentId, actorId }: Payers): string[] => [
  org.id,
  workspaceId,
  agentId,
  actorId,
];

/** True in SQL while each budget of these has something left; part of the statement that records a run. */
export const hasRoom = (tx: TenantContext, payers: Payers) =>
  tx.sql`not exists (${exhausted(tx.sql, tx.org.id, ids(tx, payers))})`;

/** @throws BudgetExceeded when a budget has nothing left at all. */
export async function requireRoom(tx: TenantContext, payers: Payers): Promise<void> {
  const [none] = await tx.sql<{ scope: BudgetScope }[]>`${exhausted(tx.sql, tx.org.id, ids(tx, payers))} limit 1`;
  if (none) throw await budgetExceeded(tx, payers, none.scope);
}

/** Says which budget of this scope has the least room, and what to do. */
export async function budgetExceeded(tx: TenantContext, payers: Payers, scope: BudgetScope): Promise<BudgetExceeded> {
  const { sql, org } = tx;
  const [row] = await sql<(Pick<Budget, 'scopeName' | 'period'> & Record<'most' | 'spent' | 'reserved', string>)[]>`
    select * from (
      select b.period, b.limit_micros as most, b.reserved_micros as reserved,
        case when b.period_start < ${periodStart(sql)} then 0 else b.spent_micros end as spent,
        coalesce(w.name, a.name, k.name, u.name, la.name) as "scopeName"
      from budgets b
        left join workspaces w on b.scope = 'workspace' and w.org_id = b.org_id and w.id = b.scope_id
        left join agents a on b.scope = 'agent' and a.org_id = b.org_id and a.id = b.scope_id
        left join api_keys k on b.scope = 'api_key' and k.org_id = b.org_id and k.id = b.scope_id
        left join users u on b.scope = 'member' and u.id = b.scope_id
        left join public_links l on b.scope = 'link' and l.org_id = b.org_id and l.id = b.scope_id
        left join agents la on la.org_id = l.org_id and la.id = l.agent_id
      where b.org_id = ${org.id} and b.scope = ${scope} and b.scope_id in ${sql(ids(tx, payers))}
    ) budget order by most - spent - reserved limit 1`;
  if (!row) return new BudgetExceeded('A budget has no room for another model call. Look at Settings › Budgets.');
  const { scopeName, period } = row;
  const name = nameBudget({ scope, scopeName, period, limitMicros: Number(row.most) });
  const anew = beginsAnew(period);
  return new BudgetExceeded(
    `${name.replace(/^t/, 'T')}, has no room for another model call: ${formatCost(Number(row.spent))} is spent, ${formatCost(Number(row.reserved))} is set aside for calls under way. Raise it in Settings › Budgets${anew ? `, or wait: it begins anew ${anew}` : ''}.`,
  );
}
