import { beforeAll, expect, test } from 'vitest';
import type { BudgetScope } from '@/lib/contracts/budgets';
import { createApiKey } from '../api-keys/service';
import { listAudit } from '../audit/service';
import type { OrgContext } from '../context';
import { call } from '../ledger/testing/call';
import { createWorkspace } from '../organizations/service';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import * as budgets from './service';

beforeAll(setSilentRunner);

/** Something of each scope, to make a budget for. */
async function targets(ctx: OrgContext): Promise<[BudgetScope, string, string][]> {
  const workspace = await createWorkspace(ctx, { name: 'Field' });
  const agent = await makeAgent(ctx);
  const key = await createApiKey(ctx, { name: 'Nightly', scopes: ['runs:start'] });
  return [
    ['organization', ctx.org.id, ctx.org.name],
    ['workspace', workspace.id, 'Field'],
    ['agent', agent.id, 'Test agent'],
    ['api_key', key.id, 'Nightly'],
    ['member', ctx.actor.id, 'Owner'],
  ];
}

test('each scope has a budget of each period, named, once', async () => {
  const ctx = await makeOrganization();
  const all = await targets(ctx);
  for (const [scope, scopeId] of all) {
    for (const period of ['day', 'month', 'total'] as const) {
      const input = { scope, scopeId, period, limitMicros: 1_000_000 };
      const budget = await budgets.createBudget(ctx, input);
      expect(budget).toMatchObject({ ...input, spentMicros: 0, reservedMicros: 0, alerted: 0 });
      await expect(budgets.createBudget(ctx, input)).rejects.toMatchObject({ code: 'CONFLICT' });
    }
  }
  const list = await budgets.listBudgets(ctx);
  expect(list.map(({ scope, scopeId, scopeName }) => [scope, scopeId, scopeName])).toEqual(
    all.flatMap((target) => [target, target, target]),
  );
  expect(list.slice(0, 3).map(({ period }) => period)).toEqual(['day', 'month', 'total']);
  const [day, month, total] = list;
  const now = new Date();
  expect(day?.periodStart).toEqual(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())));
  expect(month?.periodEnd).toEqual(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)));
  expect(total).toMatchObject({ periodStart: null, periodEnd: null });
});

test('what another organization has is not found, and nobody without the right changes anything', async () => {
  const ctx = await makeOrganization();
  const other = await makeOrganization();
  const limit = { period: 'day', limitMicros: 1 } as const;
  for (const [scope, scopeId] of await targets(other)) {
    await expect(budgets.createBudget(ctx, { scope, scopeId, ...limit })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await expect(budgets.createBudget(ctx, { scope: 'agent', ...limit })).rejects.toMatchObject({ code: 'INVALID' });
  const { id: budgetId } = await budgets.createBudget(other, { scope: 'organization', ...limit });
  await expect(budgets.changeBudget(ctx, { budgetId, limitMicros: 2 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(budgets.deleteBudget(ctx, { budgetId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const developer = await makeMember(other, 'developer');
  expect(await budgets.listBudgets(developer)).toHaveLength(1);
  await expect(budgets.deleteBudget(developer, { budgetId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const clerk = await makeMember(other, 'billing_admin');
  await budgets.changeBudget(clerk, { budgetId, limitMicros: 2 });
  await budgets.deleteBudget(clerk, { budgetId });
  const { items } = await listAudit(other, { query: 'budget.', limit: 10 });
  expect(items.map(({ action, before, after }) => [action, before, after])).toEqual([
    ['budget.delete', { scope: 'organization', scopeId: other.org.id, period: 'day', limitMicros: 2 }, null],
    ['budget.change', { limitMicros: 1 }, { limitMicros: 2 }],
    ['budget.create', null, { scope: 'organization', scopeId: other.org.id, ...limit }],
  ]);
});

test('a new budget counts what its period cost before, and only what is its own', async () => {
  const ctx = await makeOrganization();
  const [mine, theirs] = [await makeAgent(ctx), await makeAgent(ctx)];
  await (await call(ctx, mine.id, 300)).settle(200);
  await (await call(ctx, theirs.id, 300)).settle(100);
  const make = (scope: BudgetScope, scopeId: string, limitMicros = 1_000) =>
    budgets.createBudget(ctx, { scope, scopeId, period: 'total', limitMicros });
  expect(await make('agent', mine.id)).toMatchObject({ spentMicros: 200 });
  expect(await make('organization', ctx.org.id, 300)).toMatchObject({ spentMicros: 300, alerted: 100 });
  expect(await make('member', ctx.actor.id, 600)).toMatchObject({ spentMicros: 300, alerted: 50 });
});

test('a limit below what is spent refuses the next call, and a raised one lets it through', async () => {
  const ctx = await makeOrganization();
  const { id: scopeId } = await makeAgent(ctx);
  const { id: budgetId } = await budgets.createBudget(ctx, {
    scope: 'agent',
    scopeId,
    period: 'month',
    limitMicros: 1_000,
  });
  const running = await call(ctx, scopeId, 400);
  await (await call(ctx, scopeId, 400)).settle(400);
  expect(await budgets.changeBudget(ctx, { budgetId, limitMicros: 300 })).toMatchObject({
    spentMicros: 400,
    reservedMicros: 400,
    alerted: 100,
  });
  await expect(call(ctx, scopeId, 1)).rejects.toThrow(
    /^The monthly budget of the agent Test agent, \$0\.00030, has no room/,
  );
  // What is under way ends as it was granted.
  await running.settle(350);
  const [budget] = await budgets.listBudgets(ctx);
  expect(budget).toMatchObject({ spentMicros: 750, reservedMicros: 0 });
  await budgets.changeBudget(ctx, { budgetId, limitMicros: 10_000 });
  await (await call(ctx, scopeId, 400)).settle(10);
  expect(await budgets.listBudgets(ctx)).toMatchObject([{ spentMicros: 760, alerted: 0 }]);
});
