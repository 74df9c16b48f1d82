import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { database } from '@/db/client';
import { listAudit } from '../audit/service';
import { createBudget, listBudgets } from '../budgets/service';
import type { OrgContext } from '../context';
import { releaseLeft } from '../runs/leftovers';
import { getRun } from '../runs/service';
import { makeAgent, makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { checkLedger, listOrganizations } from './check';
import { findLedgerCheck } from './service';
import { type Call, call } from './testing/call';

beforeAll(setSilentRunner);

/** An organization with a budget, a settled call, a released one, one under way, and nothing that differs. */
async function makeBooks() {
  const ctx = await makeOrganization();
  const { id: agentId } = await makeAgent(ctx);
  const budget = await createBudget(ctx, { scope: 'agent', scopeId: agentId, period: 'month', limitMicros: 10_000 });
  const settled = await call(ctx, agentId, 500);
  await settled.settle(400);
  await (await call(ctx, agentId, 300)).release();
  const open = await call(ctx, agentId, 200);
  return { ctx, agentId, budgetId: budget.id, settled, open };
}

const check = async (ctx: OrgContext, since?: Date) => {
  await checkLedger(ctx.org.id, releaseLeft, since);
  const found = await findLedgerCheck(ctx);
  if (!found) throw new Error('nothing was recorded');
  return found;
};

/** Past the time in which a worker tells what its call cost. */
const longAgo = ({ runId }: Call) =>
  database().execute(sql`update runs set ended_at = now() - interval '11 minutes' where id = ${runId}`);

test('books that agree are said to, calls under way included', async () => {
  const { ctx } = await makeBooks();
  expect(await findLedgerCheck(ctx)).toBeUndefined();
  const checked = await check(ctx);
  expect(checked).toMatchObject({ runs: 3, budgets: 1, released: 0, differing: 0, differences: [] });
  expect(checked.wholeAt).toEqual(checked.checkedAt);
  expect(await listOrganizations()).toContain(ctx.org.id);
  // What is new is looked at alone, and the last look at everything stays known.
  const again = await check(ctx, new Date(Date.now() + 60_000));
  expect(again).toMatchObject({ runs: 0, wholeAt: checked.wholeAt, differing: 0 });
  expect(await check(ctx, new Date(Date.now() - 60_000))).toMatchObject({ runs: 3 });
});

test.each([
  [
    'a call that cost more than the ledger knows',
    ({ runId, seq }: Call) => sql`update spans set cost_micros = 401 where run_id = ${runId} and seq = ${seq}`,
    ['call', 'run'],
  ],
  [
    'a run that cost less than its calls',
    ({ runId }: Call) => sql`update runs set cost_micros = 399 where id = ${runId}`,
    ['run'],
  ],
  [
    'an entry that is missing',
    ({ runId }: Call) => sql`delete from ledger_entries where run_id = ${runId} and kind = 'settle'`,
    ['budget', 'call'],
  ],
  [
    'an entry without a reservation',
    ({ runId }: Call) => sql`delete from ledger_entries where run_id = ${runId} and kind = 'reserve'`,
    ['call'],
  ],
  [
    'money set aside that nothing holds',
    ({ runId }: Call) => sql`update runs set reserved_micros = 7 where id = ${runId}`,
    ['run'],
  ],
])('%s is found', async (_what, plant, kinds) => {
  const { ctx, settled } = await makeBooks();
  await database().execute(plant(settled));
  const found = await check(ctx);
  expect(found.differences.map(({ kind }) => kind).toSorted()).toEqual(kinds);
  expect(found.differences.filter(({ kind }) => kind !== 'budget').every(({ id }) => id === settled.runId)).toBe(true);
  expect(found.differing).toBe(kinds.length);
  const { items } = await listAudit(ctx, { query: 'ledger.check', limit: 5 });
  expect(items).toHaveLength(1);
});

test("a budget's counters are set to what the ledger says, and the difference is told", async () => {
  const { ctx, budgetId } = await makeBooks();
  await database().execute(sql`update budgets set spent_micros = 1, reserved_micros = 5 where id = ${budgetId}`);
  expect((await check(ctx)).differences).toEqual([
    { kind: 'budget', id: budgetId, costMicros: [1, 400], reservedMicros: [5, 200] },
  ]);
  expect(await listBudgets(ctx)).toMatchObject([{ spentMicros: 400, reservedMicros: 200 }]);
  expect(await check(ctx)).toMatchObject({ differing: 0 });
});

test('what a dead worker left is released once its run is over for ten minutes, and not before', async () => {
  const { ctx, open } = await makeBooks();
  await open.cancel();
  expect(await check(ctx)).toMatchObject({ released: 0, differing: 0 });
  expect(await listBudgets(ctx)).toMatchObject([{ reservedMicros: 200 }]);
  await longAgo(open);
  expect(await check(ctx)).toMatchObject({ released: 1, differing: 0 });
  expect(await listBudgets(ctx)).toMatchObject([{ spentMicros: 400, reservedMicros: 0 }]);
  expect(await getRun(ctx, { runId: open.runId })).toMatchObject({ status: 'cancelled', costMicros: 0 });
  // Its worker was alive after all: too late to be paid, and the books still agree.
  await open.settle(150);
  expect(await check(ctx)).toMatchObject({ released: 0, differing: 0 });
});
