import type {
  Budget,
  BudgetRef,
  BudgetTarget,
  ChangeBudgetInput,
  CreateBudgetInput,
  ListTargetsInput,
} from '@/lib/contracts/budgets';
import type { JsonValue } from '@/lib/contracts/json';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Conflict, Invalid, NotFound } from '../errors';
import { recountBudget } from '../ledger/service';
import * as statements from './statements';

const audit = (tx: TenantContext, verb: string, budgetId: string, fact: { before?: JsonValue; after?: JsonValue }) =>
  recordAudit(tx, { action: `budget.${verb}`, resourceType: 'budget', resourceId: budgetId, ...fact });

/** Every budget, as it is in its current period. */
export async function listBudgets(ctx: OrgContext): Promise<Budget[]> {
  requirePermission(ctx, 'budgets:read');
  return withTenant(ctx, (tx) => statements.selectBudgets(tx));
}

/** What a budget can be made for. */
export async function listTargets(ctx: OrgContext, { scope, query }: ListTargetsInput): Promise<BudgetTarget[]> {
  requirePermission(ctx, 'budgets:write');
  return withTenant(ctx, (tx) => statements.selectTargets(tx, scope, { query }));
}

/**
 * Makes a budget. What was spent in its period before counts, and is not told of; calls under way count when they end.
 * @throws NotFound for what it is to be for; Conflict when that has one of this period.
 */
export async function createBudget(ctx: OrgContext, input: CreateBudgetInput): Promise<Budget> {
  requirePermission(ctx, 'budgets:write');
  const { scope, period, limitMicros } = input;
  const budgetId = await withTenant(ctx, async (tx) => {
    const scopeId = await targetId(tx, input);
    const id = await statements.insertBudget(tx, { scope, scopeId, period, limitMicros });
    if (!id) throw new Conflict('There is a budget of this period for this already. Change its limit.');
    await audit(tx, 'create', id, { after: { scope, scopeId, period, limitMicros } });
    return id;
  });
  return countUp(ctx, budgetId, limitMicros);
}

/** Committed before, so that no call which ends from here on overlooks it; what ended earlier is in the ledger. */
const countUp = (ctx: OrgContext, budgetId: string, limitMicros: number): Promise<Budget> =>
  withTenant(ctx, async (tx) => {
    await recountBudget(tx, budgetId);
    await statements.updateLimit(tx, budgetId, limitMicros);
    return getBudget(tx, budgetId);
  });

/** The most that visitors of a public link may spend each day, as whoever publishes the agent sets it; null: no limit. */
export async function setLinkLimit(tx: TenantContext, linkId: string, limitMicros: number | null): Promise<void> {
  requirePermission(tx, 'agents:publish');
  const fact = { scope: 'link', scopeId: linkId, period: 'day' } as const;
  const before = await statements.findBudgetOf(tx, fact);
  if (before && limitMicros === before.limitMicros) return;
  if (before && limitMicros === null) {
    await statements.deleteBudget(tx, before.id);
    await audit(tx, 'delete', before.id, { before: { ...fact, limitMicros: before.limitMicros } });
  } else if (before && limitMicros !== null) {
    await statements.updateLimit(tx, before.id, limitMicros);
    await audit(tx, 'change', before.id, { before: { limitMicros: before.limitMicros }, after: { limitMicros } });
  } else if (limitMicros !== null) {
    const id = await statements.insertBudget(tx, { ...fact, limitMicros });
    if (!id) throw new Conflict('Somebody else set the limit at the same moment. Look at it, and set yours again.');
    await audit(tx, 'create', id, { after: { ...fact, limitMicros } });
    const { org, actor, permissions, request, log } = tx;
    tx.afterCommit(async () => void (await countUp({ org, actor, permissions, request, log }, id, limitMicros)));
  }
}

async function targetId(tx: TenantContext, { scope, scopeId }: CreateBudgetInput): Promise<string> {
  if (scope === 'organization') {
    if (scopeId && scopeId !== tx.org.id) throw new NotFound('organization');
    return tx.org.id;
  }
  if (!scopeId) throw new Invalid('Say what the budget is for.', { fields: { scopeId: 'Choose one.' } });
  const [target] = await statements.selectTargets(tx, scope, { id: scopeId });
  if (!target) throw new NotFound(scope === 'api_key' ? 'API key' : scope);
  return target.id;
}

/** Sets the limit, also below what is spent: calls under way end, the next is refused. @throws NotFound */
export async function changeBudget(ctx: OrgContext, { budgetId, limitMicros }: ChangeBudgetInput): Promise<Budget> {
  requirePermission(ctx, 'budgets:write');
  return withTenant(ctx, async (tx) => {
    const before = await getBudget(tx, budgetId);
    await statements.updateLimit(tx, budgetId, limitMicros);
    await audit(tx, 'change', budgetId, { before: { limitMicros: before.limitMicros }, after: { limitMicros } });
    return getBudget(tx, budgetId);
  });
}

/** @throws NotFound */
export async function deleteBudget(ctx: OrgContext, { budgetId }: BudgetRef): Promise<void> {
  requirePermission(ctx, 'budgets:write');
  await withTenant(ctx, async (tx) => {
    const { scope, scopeId, period, limitMicros } = await getBudget(tx, budgetId);
    await statements.deleteBudget(tx, budgetId);
    await audit(tx, 'delete', budgetId, { before: { scope, scopeId, period, limitMicros } });
  });
}

async function getBudget(tx: TenantContext, budgetId: string): Promise<Budget> {
  const [budget] = await statements.selectBudgets(tx, budgetId);
  if (!budget) throw new NotFound('budget');
  return budget;
}
