import { newId } from '@/db/columns';
import { BUDGET_THRESHOLDS, type Budget, type BudgetScope, type BudgetTarget } from '@/lib/contracts/budgets';
import type { TenantContext } from '../context';
import { NotFound } from '../errors';
import { periodStart } from '../ledger/service';
import { likeAnywhere } from '../paging';

type Row = Omit<
  Budget,
  'limitMicros' | 'spentMicros' | 'reservedMicros' | 'periodStart' | 'periodEnd' | 'createdAt'
> & {
  limit: string;
  spent: string;
  reserved: string;
  start: string;
  end: string | null;
  created: string;
};

/** Budgets as they are in their current periods, named; all of them, or one. */
export async function selectBudgets({ sql, org }: TenantContext, budgetId?: string): Promise<Budget[]> {
  const rows = await sql<Row[]>`
    select b.id, b.scope, b.scope_id as "scopeId", b.period, b.limit_micros as limit, b.reserved_micros as reserved,
      coalesce(o.name, w.name, a.name, k.name, la.name, case when m.user_id is not null then u.name end) as "scopeName",
      case when b.period_start < p.start then 0 else b.spent_micros end as spent,
      case when b.period_start < p.start then 0 else b.alerted end as alerted,
      p.start, case b.period when 'day' then p.start + interval '1 day' when 'month' then p.start + interval '1 month' end as end,
      b.created_at as created
    from budgets b cross join lateral (select ${periodStart(sql)} as start) p
      left join organizations o on b.scope = 'organization' and o.id = b.scope_id
      left join workspaces w on b.scope = 'workspace' and w.org_id = b.org_id and w.id = b.scope_id
      left join agents a on b.scope = 'agent' and a.org_id = b.org_id and a.id = b.scope_id
      left join api_keys k on b.scope = 'api_key' and k.org_id = b.org_id and k.id = b.scope_id
      left join public_links l on b.scope = 'link' and l.org_id = b.org_id and l.id = b.scope_id
      left join agents la on la.org_id = l.org_id and la.id = l.agent_id
      left join memberships m on b.scope = 'member' and m.org_id = b.org_id and m.user_id = b.scope_id
      left join users u on u.id = m.user_id
    where b.org_id = ${org.id} and b.id = coalesce(${budgetId ?? null}::uuid, b.id)
    order by array_position(array['organization', 'workspace', 'agent', 'api_key', 'member', 'link'], b.scope), "scopeName",
      array_position(array['day', 'month', 'total'], b.period) limit 1000`;
  return rows.map(({ limit, spent, reserved, start, end, created, ...row }) => ({
    ...row,
    limitMicros: Number(limit),
    spentMicros: Number(spent),
    reservedMicros: Number(reserved),
    periodStart: end === null ? null : new Date(start),
    periodEnd: end === null ? null : new Date(end),
    createdAt: new Date(created),
  }));
}

/** Writes a budget that counts nothing yet; `recountBudget` comes next. @returns undefined when there is one already. */
export async function insertBudget(
  { sql, org, actor }: TenantContext,
  budget: Pick<Budget, 'scope' | 'scopeId' | 'period' | 'limitMicros'>,
): Promise<string | undefined> {
  const { scope, scopeId, period, limitMicros } = budget;
  const [row] = await sql<{ id: string }[]>`
    insert into budgets as b (org_id, id, scope, scope_id, period, limit_micros, period_start, created_by)
    values (${org.id}, ${newId()}, ${scope}, ${scopeId}, ${period}, ${limitMicros}, to_timestamp(0), ${actor.id})
    on conflict do nothing returning b.id`;
  return row?.id;
}

/**
 * Sets the limit; what was told of is what the new limit leaves behind, so that it is told of again when it is passed
 * again.
 */
export async function updateLimit({ sql, org }: TenantContext, budgetId: string, limitMicros: number): Promise<void> {
  await sql`
    update budgets b set limit_micros = ${limitMicros}::bigint, alerted = case
      when b.period_start < ${periodStart(sql)} then 0
      ${BUDGET_THRESHOLDS.toReversed().map(
        (threshold) =>
          sql`when b.spent_micros > 0 and b.spent_micros * 100 >= ${limitMicros}::bigint * ${threshold}::bigint then ${threshold}::int `,
      )} else 0 end
    where b.org_id = ${org.id} and b.id = ${budgetId}`;
}

/** False when there is none. */
export async function deleteBudget({ sql, org }: TenantContext, budgetId: string): Promise<boolean> {
  const rows = await sql`delete from budgets where org_id = ${org.id} and id = ${budgetId} returning id`;
  return rows.length > 0;
}

/** What a budget can be for, by name; of one id, or of all whose name has `query` in it. */
export async function selectTargets(
  { sql, org }: TenantContext,
  scope: Exclude<BudgetScope, 'organization'>,
  { id, query = '' }: { id?: string; query?: string },
): Promise<BudgetTarget[]> {
  const from = {
    workspace: sql`select id, name from workspaces where org_id = ${org.id}`,
    agent: sql`select id, name from agents where org_id = ${org.id} and status <> 'archived'`,
    api_key: sql`select id, name || ' ' || hint as name from api_keys where org_id = ${org.id} and revoked_at is null`,
    link: sql`select l.id, a.name from public_links l join agents a on a.org_id = l.org_id and a.id = l.agent_id
      where l.org_id = ${org.id}`,
    member: sql`select u.id, u.name || ' (' || u.email || ')' as name
      from memberships m join users u on u.id = m.user_id where m.org_id = ${org.id}`,
  }[scope];
  return sql<BudgetTarget[]>`
    select id, name from (${from}) target
    where id = coalesce(${id ?? null}::uuid, id) and name ilike ${likeAnywhere(query.trim())} order by name, id limit 50`;
}

export async function findBudgetOf(
  { sql, org }: TenantContext,
  { scopeId, period }: Pick<Budget, 'scopeId' | 'period'>,
): Promise<{ id: string; limitMicros: number } | undefined> {
  const [row] = await sql<{ id: string; limit: string }[]>`
    select id, limit_micros as limit from budgets where org_id = ${org.id} and scope_id = ${scopeId} and period = ${period} for update`;
  return row && { id: row.id, limitMicros: Number(row.limit) };
}

/** Others who would change the budget or tell of it wait until the transaction ends. */
export async function lockBudget({ sql, org }: TenantContext, budgetId: string): Promise<void> {
  await sql`select from budgets where org_id = ${org.id} and id = ${budgetId} for update`;
}

/** True when this alert is in the audit trail already. */
export async function isTold({ sql, org }: TenantContext, budgetId: string, told: AlertFact): Promise<boolean> {
  const rows = await sql`
    select from audit_entries where org_id = ${org.id} and resource_type = 'budget' and resource_id = ${budgetId}
      and action = 'budget.alert' and after = ${JSON.stringify(told)}::jsonb limit 1`;
  return rows.length > 0;
}

/** What makes an alert the same alert. */
export interface AlertFact {
  threshold: number;
  limitMicros: number;
  periodStart: string | null;
}

/** How the organization is called, for a job that knows its id alone. */
export async function getOrganization({ sql, org }: TenantContext): Promise<{ slug: string; name: string }> {
  const [row] = await sql<{ slug: string; name: string }[]>`select slug, name from organizations where id = ${org.id}`;
  if (!row) throw new NotFound('organization');
  return row;
}

/** Whoever has one of `roles`, to write to. */
export const selectMailAddresses = (
  { sql, org }: TenantContext,
  roles: readonly string[],
): Promise<{ email: string }[]> => sql<{ email: string }[]>`
  select u.email from memberships m join users u on u.id = m.user_id
  where m.org_id = ${org.id} and m.role in ${sql([...roles])} order by u.email limit 200`;
