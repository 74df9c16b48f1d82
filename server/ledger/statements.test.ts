import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { database } from '@/db/client';
import { StartRunInput } from '@/lib/contracts/runs';
import { changeBudget, createBudget, listBudgets } from '../budgets/service';
import type { OrgContext } from '../context';
import { releaseLeft } from '../runs/leftovers';
import { startRun } from '../runs/service';
import { closeSpan } from '../runs/span-end';
import { makeAgent, makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { checkLedger } from './check';
import { type Call, call, callIn, Refused } from './testing/call';

beforeAll(setSilentRunner);

async function makeBudgeted(limitMicros: number, period: 'day' | 'month' | 'total' = 'day') {
  const ctx = await makeOrganization();
  const { id: agentId } = await makeAgent(ctx);
  const budget = await createBudget(ctx, { scope: 'agent', scopeId: agentId, period, limitMicros });
  return { ctx, agentId, budgetId: budget.id };
}

const only = async (ctx: OrgContext) => {
  const [budget] = await listBudgets(ctx);
  if (!budget) throw new Error('no budget');
  return budget;
};

/** Thresholds that were told of, in order. */
async function told(budgetId: string): Promise<number[]> {
  const rows = await database().execute<{ threshold: number }>(sql`
    select (data->>'threshold')::int as threshold from system.outbox
    where name = 'budget/threshold.reached' and data->>'budgetId' = ${budgetId} order by created_at`);
  return rows.map(({ threshold }) => threshold);
}

test('each threshold is told of once, and again in a new period', async () => {
  const { ctx, agentId, budgetId } = await makeBudgeted(1_000);
  const spend = async (micros: number) => (await call(ctx, agentId, micros)).settle(micros);
  await spend(499);
  expect(await told(budgetId)).toEqual([]);
  await spend(1);
  await spend(100);
  expect(await told(budgetId)).toEqual([50]);
  await spend(300);
  expect(await told(budgetId)).toEqual([50, 80]);
  await spend(100);
  expect(await told(budgetId)).toEqual([50, 80, 100]);
  await expect(call(ctx, agentId, 1)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED', status: 402 });
  await database().execute(
    sql`update budgets set period_start = period_start - interval '1 day' where id = ${budgetId}`,
  );
  expect(await only(ctx)).toMatchObject({ spentMicros: 0, alerted: 0 });
  await spend(600);
  expect(await only(ctx)).toMatchObject({ spentMicros: 600, alerted: 50 });
  expect(await told(budgetId)).toEqual([50, 80, 100, 50]);
});

test('a call that began before midnight and ends after it counts into the new day', async () => {
  const { ctx, agentId, budgetId } = await makeBudgeted(1_000);
  const late = await call(ctx, agentId, 400);
  await database().execute(
    sql`update budgets set period_start = period_start - interval '1 day', spent_micros = 900 where id = ${budgetId}`,
  );
  await late.settle(300);
  expect(await only(ctx)).toMatchObject({ spentMicros: 300, reservedMicros: 0 });
  // Got hold of the budget after another call had begun the next day: that day's money is not forgotten.
  await database().execute(
    sql`update budgets set period_start = period_start + interval '1 day' where id = ${budgetId}`,
  );
  await (await call(ctx, agentId, 100)).settle(100);
  expect(await only(ctx)).toMatchObject({ spentMicros: 400 });
});

test('a call waits for what others have set aside, and is refused for good when only spent money is in the way', async () => {
  const { ctx, agentId } = await makeBudgeted(1_000);
  const first = await call(ctx, agentId, 900);
  await expect(call(ctx, agentId, 200)).rejects.toMatchObject({ refusedBy: 'agent', later: true });
  await first.settle(900);
  await expect(call(ctx, agentId, 200)).rejects.toMatchObject({ refusedBy: 'agent', later: false });
});

test("a run's own limit holds across its calls, with no budget at all", async () => {
  const ctx = await makeOrganization();
  const { id: agentId } = await makeAgent(ctx);
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId, input: 'x' }), 'app');
  const options = { runLimitMicros: 1_000 };
  const close = ({ seq }: Call, costMicros: number) =>
    closeSpan(ctx, { runId: id, seq, status: 'completed', costMicros, ...options });
  await close(await callIn(ctx, id, 600, { ...options, stepKey: 'm0' }), 600);
  const second = await callIn(ctx, id, 400, { ...options, stepKey: 'm1' });
  await expect(callIn(ctx, id, 1, { ...options, stepKey: 'm2' })).rejects.toMatchObject({ refusedBy: 'run' });
  // A provider that counts more than it was granted is paid no more.
  await close(second, 5_000);
  const rows = await database().execute(
    sql`select cost_micros::int as cost, reserved_micros::int as reserved from runs where id = ${id}`,
  );
  expect([...rows]).toEqual([{ cost: 1_000, reserved: 0 }]);
});

test('an attempt whose process died is released, and its next attempt reserves again', async () => {
  const { ctx, agentId } = await makeBudgeted(1_000);
  const dead = await call(ctx, agentId, 700);
  await dead.release();
  const again = await callIn(ctx, dead.runId, 700);
  expect(await only(ctx)).toMatchObject({ spentMicros: 0, reservedMicros: 700 });
  await again.settle(650);
  expect(await only(ctx)).toMatchObject({ spentMicros: 650, reservedMicros: 0 });
  expect(await checkLedger(ctx.org.id, releaseLeft)).toEqual({ differing: 0 });
});

test('a run that is begun while its budget is raised and lowered begins, or is told of the budget: nothing else', async () => {
  const { ctx, agentId, budgetId } = await makeBudgeted(1_000);
  await (await call(ctx, agentId, 1_000)).settle(1_000);
  const begin = () => startRun(ctx, StartRunInput.parse({ agentId, input: 'x' }), 'app').catch(refusedOnly);
  const change = (limitMicros: number) => changeBudget(ctx, { budgetId, limitMicros });
  for (let round = 0; round < 15; round += 1) {
    await Promise.all([begin(), change(2_000), begin(), begin(), change(1_000), begin()]);
  }
  await change(1_000);
  expect(await begin()).toBeUndefined();
});

const LIMIT = 1_000;
const micros = fc.integer({ min: 0, max: 500 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('open' as const), micros: fc.integer({ min: 1, max: 500 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const), at: fc.nat(20), micros }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('release' as const, 'cancel' as const, 'crash' as const),
      at: fc.nat(20),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('limit' as const), micros: fc.integer({ min: 900, max: LIMIT }) }),
  },
);

test('whatever begins, ends, is cancelled or dies at the same time, no budget is exceeded and the books agree', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }),
      async (rounds) => {
        const { ctx, agentId, budgetId } = await makeBudgeted(LIMIT);
        await createBudget(ctx, { scope: 'organization', period: 'total', limitMicros: LIMIT });
        const open: Call[] = [];
        const dead: Call[] = [];
        const take = (at: number): Call | undefined => open.splice(at % Math.max(1, open.length), 1)[0];
        for (const round of rounds) {
          await Promise.all(
            round.map(async (one) => {
              if (one.kind === 'limit') return void (await changeBudget(ctx, { budgetId, limitMicros: one.micros }));
              if (one.kind === 'open') {
                const begun = await call(ctx, agentId, one.micros).catch(refusedOnly);
                return void (begun && open.push(begun));
              }
              const taken = take(one.at);
              if (!taken) return;
              if (one.kind === 'settle') return taken.settle(one.micros);
              if (one.kind === 'release') return taken.release();
              await taken.cancel();
              if (one.kind === 'crash') dead.push(taken);
              else await taken.settle(taken.grantedMicros);
            }),
          );
          for (const { spentMicros, reservedMicros } of await listBudgets(ctx)) {
            expect(spentMicros + reservedMicros).toBeLessThanOrEqual(LIMIT);
            expect(Math.min(spentMicros, reservedMicros)).toBeGreaterThanOrEqual(0);
          }
          expect(await checkLedger(ctx.org.id, releaseLeft)).toEqual({ differing: 0 });
        }
        await Promise.all(open.map((one) => one.release()));
        for (const { runId } of dead) await releaseLeft({ orgId: ctx.org.id, runId });
        expect((await listBudgets(ctx)).every(({ reservedMicros }) => reservedMicros === 0)).toBe(true);
        expect(await checkLedger(ctx.org.id, releaseLeft)).toEqual({ differing: 0 });
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

/** No money is an answer; every other failure is none. */
function refusedOnly(error: unknown): undefined {
  if (error instanceof Refused) return undefined;
  expect(error).toMatchObject({ code: 'BUDGET_EXCEEDED' });
  return undefined;
}
