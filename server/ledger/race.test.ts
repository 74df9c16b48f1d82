import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelServer, type ProviderAnswer, startModelServer } from '@/e2e/fixtures/model-server';
import type { AgentSpec } from '@/lib/contracts/agents';
import { isEnded, type Run, StartRunInput } from '@/lib/contracts/runs';
import { env } from '@/lib/env';
import { createBudget, listBudgets } from '../budgets/service';
import type { OrgContext } from '../context';
import { releaseLeft } from '../runs/leftovers';
import { getRun, startRun } from '../runs/service';
import { waitForRun } from '../runs/watch';
import { makeAgent, makeOrganization } from '../testing/factories';
import { makeRunner } from '../testing/runner';
import { checkLedger } from './check';
import { listLedger } from './service';

/** The whole engine: the embedded runner, sandbox models with a price, and a provider over HTTP. */
let runner: ReturnType<typeof makeRunner>;
let provider: ModelServer;
let answer: ProviderAnswer;
beforeAll(async () => {
  provider = await startModelServer({ answer: () => answer });
  Object.assign(env, {
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_COMPATIBLE_BASE_URL: `${provider.url}/v1`,
  });
  runner = makeRunner();
  await runner.start();
});
afterAll(async () => {
  await runner.stop();
  await provider.close();
});

const DOLLAR = 1_000_000;
const today = new Date().toISOString().slice(0, 10);

const start = (ctx: OrgContext, agentId: string, input: string) =>
  startRun(ctx, StartRunInput.parse({ agentId, input }), 'app');

async function finish(ctx: OrgContext, runId: string, signal = AbortSignal.timeout(80_000)): Promise<Run> {
  await waitForRun(ctx, runId, signal);
  return getRun(ctx, { runId });
}

async function runOne(ctx: OrgContext, spec: Partial<AgentSpec>, input = 'Hello'): Promise<Run> {
  const agent = await makeAgent(ctx, spec);
  const { id } = await start(ctx, agent.id, input);
  return finish(ctx, id);
}

test('a hundred runs race one dollar, and not a micro-dollar more is spent', async () => {
  const ctx = await makeOrganization();
  // 50,000 tokens of output at $0.40 a million: about two cents each, so that half of them fit.
  const parameters = { maxOutputTokens: 50_000 };
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', parameters });
  await createBudget(ctx, { scope: 'agent', scopeId: agent.id, period: 'month', limitMicros: DOLLAR });
  await createBudget(ctx, { scope: 'organization', period: 'day', limitMicros: 2 * DOLLAR });

  let racing = true;
  const seen: number[] = [];
  const watch = (async () => {
    while (racing) {
      const of = (await listBudgets(ctx)).find(({ scope }) => scope === 'agent');
      seen.push((of?.spentMicros ?? 0) + (of?.reservedMicros ?? 0));
    }
  })();
  const script = '#script\nusage 10 50000\nwait 20\nsay Done.';
  const started = await Promise.allSettled(Array.from({ length: 100 }, () => start(ctx, agent.id, script)));
  const runs = await Promise.all(
    started.map((one) => {
      if (one.status === 'fulfilled') return finish(ctx, one.value.id);
      expect(one.reason).toMatchObject({ code: 'BUDGET_EXCEEDED' });
      return undefined;
    }),
  );
  racing = false;
  await watch;

  const [budget] = (await listBudgets(ctx)).filter(({ scope }) => scope === 'agent');
  const completed = runs.filter((run) => run?.status === 'completed');
  const failed = runs.filter((run) => run?.status === 'failed');
  expect(seen.length).toBeGreaterThan(5);
  expect(Math.max(...seen)).toBeLessThanOrEqual(DOLLAR);
  expect(budget?.spentMicros).toBeLessThanOrEqual(DOLLAR);
  // Nothing that fits is refused: what is left does not pay for the smallest call.
  expect(budget?.spentMicros).toBeGreaterThan(DOLLAR - 20_000);
  expect(budget?.reservedMicros).toBe(0);
  expect(completed.length).toBeGreaterThanOrEqual(49);
  expect(completed.length + failed.length).toBe(runs.filter(Boolean).length);
  expect(failed.every((run) => run?.errorCode === 'budget_exceeded')).toBe(true);
  expect(failed[0]?.errorMessage).toMatch(/^The monthly budget of the agent Test agent, \$1\.00, has no room/);
  expect(completed.reduce((sum, run) => sum + (run?.costMicros ?? 0), 0)).toBe(budget?.spentMicros);
  expect(await checkLedger(ctx.org.id, releaseLeft)).toEqual({ differing: 0 });
}, 100_000);

test.each([
  ['negative', { input: -5, output: -1 }],
  ['missing', null],
  ['fractions', { input: 1.5, output: 0.25 }],
  ['zero', { input: 0, output: 0 }],
])('usage that is %s is refused: estimated from the characters, and flagged', async (_what, usage) => {
  const ctx = await makeOrganization();
  await createBudget(ctx, { scope: 'organization', period: 'day', limitMicros: DOLLAR });
  answer = { tokens: ['Four', ' words', ' of', ' it.'], usage };
  const run = await runOne(ctx, { model: 'openai/gpt-4o-mini', tools: [] });
  expect(run).toMatchObject({ status: 'completed', output: 'Four words of it.' });
  expect(run.usage.outputTokens).toBe(5);
  expect(run.costMicros).toBeGreaterThan(0);
  const { items } = await listLedger(ctx, { from: today, to: today, limit: 10 });
  expect(items).toMatchObject([{ kind: 'settle', estimated: true, costMicros: run.costMicros, outputTokens: 5 }]);
  expect(await listBudgets(ctx)).toMatchObject([{ spentMicros: run.costMicros, reservedMicros: 0 }]);
});

test('usage that is no number is estimated and flagged also where nothing has a price', async () => {
  const ctx = await makeOrganization();
  answer = { tokens: ['Four', ' words', ' of', ' it.'], usage: { input: Number.NaN, output: Number.NaN } };
  const run = await runOne(ctx, { model: 'openai-compatible/served-one', tools: [] });
  expect(run).toMatchObject({ status: 'completed', costMicros: 0, usage: { outputTokens: 5 } });
  const { items } = await listLedger(ctx, { from: today, to: today, limit: 10 });
  expect(items).toMatchObject([{ kind: 'settle', estimated: true, outputTokens: 5 }]);
});

test('absurd usage costs what was set aside and what is left of the budgets, and no more', async () => {
  const ctx = await makeOrganization();
  await createBudget(ctx, { scope: 'organization', period: 'day', limitMicros: DOLLAR });
  answer = { tokens: ['Yes.'], usage: { input: 10, output: 2_000_000_000 } };
  const limits = { maxSteps: 5, maxSeconds: 60, maxCostMicros: 100_000 };
  const run = await runOne(ctx, { model: 'openai/gpt-4o-mini', tools: [], limits });
  expect(run.costMicros).toBe(limits.maxCostMicros);
  const { items } = await listLedger(ctx, { from: today, to: today, limit: 10 });
  expect(items).toMatchObject([{ estimated: true, costMicros: limits.maxCostMicros }]);
  expect(await checkLedger(ctx.org.id, releaseLeft)).toEqual({ differing: 0 });
});

test('a call that fails gives back what was set aside', async () => {
  const ctx = await makeOrganization();
  await createBudget(ctx, { scope: 'member', scopeId: ctx.actor.id, period: 'total', limitMicros: DOLLAR });
  answer = { error: { status: 401, message: 'no such key' } };
  const run = await runOne(ctx, { model: 'openai/gpt-4o-mini', tools: [] });
  expect(run).toMatchObject({ status: 'failed', errorCode: 'provider_refused', costMicros: 0 });
  expect(isEnded(run.status)).toBe(true);
  const { items } = await listLedger(ctx, { from: today, to: today, limit: 10 });
  expect(items).toMatchObject([{ kind: 'release', costMicros: 0 }]);
  expect(items[0]?.reservedMicros).toBeGreaterThan(0);
  expect(await listBudgets(ctx)).toMatchObject([{ spentMicros: 0, reservedMicros: 0 }]);
});

test('a model without a price costs nothing, and no budget blocks it', async () => {
  const ctx = await makeOrganization();
  await createBudget(ctx, { scope: 'organization', period: 'month', limitMicros: 0 });
  answer = { tokens: ['Free.'], usage: { input: 10, output: 2 } };
  expect(await runOne(ctx, { model: 'openai/nobody-knows-this-one', tools: [] })).toMatchObject({
    status: 'completed',
    costMicros: 0,
  });
  await expect(runOne(ctx, { model: 'openai/gpt-4o-mini', tools: [] })).rejects.toMatchObject({ status: 402 });
});
