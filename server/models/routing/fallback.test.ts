import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ModelServer, type ProviderAnswer, startModelServer } from '@/e2e/fixtures/model-server';
import type { AgentSpec } from '@/lib/contracts/agents';
import { ModelSpanInput, type RunEvent, StartRunInput } from '@/lib/contracts/runs';
import { type Env, env } from '@/lib/env';
import { answerOf, applyRunEvent, viewOfRun } from '@/lib/run-state';
import { type OrgContext, withTenant } from '../../context';
import { getRun, getSpan, startRun } from '../../runs/service';
import { waitForRun, watchRun } from '../../runs/watch';
import { makeAgent, makeOrganization } from '../../testing/factories';
import { makeRunner } from '../../testing/runner';
import { getHealth, resetCircuit, setTerms } from '../service';
import { FAILURES_TO_OPEN } from './circuits';

const VARIABLES = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'MOONSHOT_API_KEY', 'MOONSHOT_BASE_URL'] as const;
const before = Object.fromEntries(VARIABLES.map((name) => [name, env[name]]));
const setEnv = (values: Partial<Env>) => Object.assign(env, values);

let runner: ReturnType<typeof makeRunner>;
let server: ModelServer;
let ctx: OrgContext;
let answers: Record<string, ProviderAnswer>;
beforeAll(async () => {
  server = await startModelServer({ answer: ({ body }) => answers[body.model] });
  runner = makeRunner();
  await runner.start();
});
afterAll(async () => {
  await runner.stop();
  await server.close();
});
beforeEach(async () => {
  answers = {};
  server.requests.length = 0;
  setEnv({
    ANTHROPIC_API_KEY: 'sk-a',
    ANTHROPIC_BASE_URL: server.url,
    MOONSHOT_API_KEY: 'sk-m',
    MOONSHOT_BASE_URL: `${server.url}/moonshot/v1`,
  });
  ctx = await makeOrganization();
});
afterEach(() => setEnv(before));

const soon = () => AbortSignal.timeout(20_000);
const A = 'anthropic/claude-opus-5';
const B = 'moonshot/kimi-k3';
const ROUTE = { policy: 'fixed' as const, models: [A], fallback: [B], patienceSeconds: 1 };

async function start(spec: Partial<AgentSpec> = {}) {
  const agent = await makeAgent(ctx, { model: ROUTE, tools: [{ name: 'calculator' }], ...spec });
  return startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: 'What is it?' }), 'app');
}

async function run(spec: Partial<AgentSpec> = {}) {
  const { id } = await start(spec);
  await waitForRun(ctx, id, soon());
  return getRun(ctx, { runId: id });
}

const ledger = (runId: string) =>
  withTenant(
    ctx,
    (tx) => tx.sql<{ seq: number; kind: string; spent: string; reserved: string; item: string; estimated: boolean }[]>`
      select seq, kind, spent_micros as spent, reserved_micros as reserved, item, estimated from ledger_entries
      where run_id = ${runId} order by seq, kind`,
  );

const FAULTS: Record<string, ProviderAnswer> = {
  '500': { error: { status: 500 } },
  '401': { error: { status: 401 } },
  '404': { error: { status: 404 } },
  '429': { error: { status: 429, headers: { 'retry-after': '3600' } } },
  'a hang before the headers': { hang: 'headers' },
  'a hang before the first piece': { tokens: ['The'], hang: 'start' },
  'a hang inside the answer': { tokens: ['The', ' wrong', ' way'], hang: 'end' },
  'a cut token': { tokens: ['The', ' wrong', ' way'], cut: 'token' },
  'cut arguments': { calls: [{ name: 'calculator', arguments: '{"expression":"1+1"}' }], cut: 'arguments' },
};

describe('another model answers', () => {
  test.each(Object.entries(FAULTS))('after %s, in the same step', async (_name, fault) => {
    answers = { 'claude-opus-5': fault, 'kimi-k3': { tokens: ['The', ' right', ' way.'] } };
    const done = await run();
    expect(done).toMatchObject({ status: 'completed', output: 'The right way.' });
    expect(done.spans.map(({ name, status, stepKey, attempt }) => [name, status, stepKey, attempt])).toEqual([
      [A, 'failed', 'model-0', 0],
      [B, 'completed', 'model-0', 1],
    ]);
    const entries = await ledger(done.id);
    const said = fault.tokens && !('start' === fault.hang) ? true : fault.cut === 'arguments';
    expect(entries.filter(({ kind }) => kind !== 'reserve').map(({ item, kind }) => [item, kind])).toEqual([
      [A, said ? 'settle' : 'release'],
      [B, 'settle'],
    ]);
    if (said)
      expect(entries.find(({ kind, item }) => kind === 'settle' && item === A)).toMatchObject({ estimated: true });
    expect(entries.reduce((sum, { reserved }) => sum + Number(reserved), 0)).toBe(0);
    const paid = entries.reduce((sum, { spent }) => sum + Number(spent), 0);
    expect(done.costMicros).toBe(paid);
    expect(done.spans.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0)).toBe(paid);
  });

  test('its span says why it was asked', async () => {
    answers = { 'claude-opus-5': { error: { status: 500 } } };
    const done = await run();
    const routingOf = async (at: number) => {
      const payload = await getSpan(ctx, { runId: done.id, seq: done.spans[at]?.seq ?? 0 });
      return ModelSpanInput.parse(payload.input).routing;
    };
    expect(await routingOf(0)).toEqual({ policy: 'fixed', reason: 'policy', detail: 'Always this model', skipped: [] });
    expect(await routingOf(1)).toMatchObject({
      reason: 'fallback',
      detail: 'fallback 1',
      skipped: [{ model: A, reason: 'failed', detail: expect.stringContaining('500') }],
    });
  });

  test('what was seen of the first is replaced', async () => {
    answers = {
      'claude-opus-5': { tokens: ['The', ' wrong', ' way'], cut: 'token' },
      'kimi-k3': { tokens: ['The', ' right', ' way.'], perTokenMs: 20 },
    };
    const { id } = await start();
    const events: RunEvent[] = [];
    for await (const { event } of watchRun(ctx, { runId: id }, soon())) events.push(event);
    const [first, second] = (await getRun(ctx, { runId: id })).spans;
    const failed = events.findIndex(
      (e) => e.type === 'span' && e.span.seq === first?.seq && e.span.status === 'failed',
    );
    const said = events.findLastIndex((e) => e.type === 'text' && e.seq === second?.seq);
    expect(failed).toBeGreaterThan(-1);
    expect(said).toBeGreaterThan(-1);
    const shown = events.reduce(applyRunEvent, {
      ...viewOfRun(await getRun(ctx, { runId: id })),
      spans: [],
      output: null,
    });
    expect(answerOf(shown)).toBe('The right way.');
  });

  test('calls no tool twice', async () => {
    answers = {
      'claude-opus-5': { calls: [{ name: 'calculator', arguments: '{"expression":"6*7"}' }], unfinished: true },
    };
    const done = await run({ model: { ...ROUTE, fallback: ['moonshot/one-tool'] } });
    expect(done.status).toBe('completed');
    expect(done.spans.filter(({ kind }) => kind === 'tool')).toHaveLength(1);
  });

  test('no budget is exceeded: both attempts are paid out of the same limit', async () => {
    answers = {
      'claude-opus-5': { tokens: Array.from({ length: 400 }, () => 'word '), cut: 'token' },
      'kimi-k3': { tokens: ['Done.'] },
    };
    const limits = { maxSteps: 5, maxSeconds: 60, maxCostMicros: 30_000 };
    const done = await run({ limits });
    const [first] = done.spans;
    expect(first?.costMicros).toBeGreaterThan(0);
    expect(done.costMicros).toBeLessThanOrEqual(limits.maxCostMicros);
    expect(done.spans.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0)).toBe(done.costMicros);
  });

  test('a model without a key is passed over', async () => {
    setEnv({ ANTHROPIC_API_KEY: undefined });
    const done = await run();
    expect(done).toMatchObject({ status: 'completed' });
    expect(done.spans.map(({ name }) => name)).toEqual([B]);
  });

  test('who has nobody else to ask is waited for: one without a key is nobody', async () => {
    setEnv({ MOONSHOT_API_KEY: undefined });
    // Longer than the route's patience.
    answers = { 'claude-opus-5': { tokens: ['At last.'], firstTokenMs: 1_500 } };
    const done = await run();
    expect(done).toMatchObject({ status: 'completed', output: 'At last.' });
    expect(done.spans).toHaveLength(1);
  });

  test('with nobody left the run fails as ever, and says what is wrong with the last', async () => {
    answers = {
      'claude-opus-5': { error: { status: 401 } },
      'kimi-k3': { error: { status: 404, message: 'no kimi' } },
    };
    const done = await run();
    expect(done).toMatchObject({ status: 'failed', errorCode: 'provider_refused' });
    expect(done.errorMessage).toContain('no kimi');
    // How long a provider took to refuse is its time, not ours.
    expect(done.spans.map(({ providerMs }) => providerMs)).toEqual([expect.any(Number), expect.any(Number)]);
  });

  test('with nobody left that may work later, the step is tried again with all of them', async () => {
    let asked = 0;
    const flaky: ProviderAnswer = { error: { status: 503 } };
    answers = new Proxy({} as typeof answers, {
      get: (_target, model) => {
        asked += 1;
        if (asked <= 2) return flaky;
        return model === 'claude-opus-5' ? { tokens: ['Back.'] } : { tokens: ['No.'] };
      },
    });
    let done = await run();
    // What is tried again goes through the queue: a runner of another test file, which has no key, may take it from there.
    while (done.errorCode === 'credential_missing') {
      asked = 0;
      done = await run();
    }
    expect(done).toMatchObject({ status: 'completed', output: 'Back.' });
    expect(done.spans.map(({ name, attempt }) => [name, attempt])).toEqual([
      [A, 0],
      [B, 1],
      [A, 2],
    ]);
  });
});

describe('a price of the organization', () => {
  test('counts from the next call on, and gives a price to what has none', async () => {
    const model = 'moonshot/unheard-of';
    expect((await run({ model })).costMicros).toBe(0);
    const price = { input: 1_000_000, cachedInput: 1_000_000, output: 100_000_000 };
    expect(await setTerms(ctx, { model, price, quality: null })).toMatchObject({ ownPrice: price, listPrice: null });
    // 10 tokens in and 5 out, as the double counts.
    expect((await run({ model })).costMicros).toBe(10 + 500);
    await setTerms(ctx, { model, price: null, quality: null });
    expect((await run({ model })).costMicros).toBe(0);
  });
});

describe('the circuit of a key', () => {
  const open = async () => {
    answers = { 'claude-opus-5': { error: { status: 500 } } };
    for (let i = 0; i < FAILURES_TO_OPEN; i += 1) await run();
  };
  const state = async () => (await getHealth(ctx)).circuits.find(({ provider }) => provider === 'anthropic')?.state;
  const moveOn = () =>
    withTenant(ctx, (tx) => tx.db.execute(sql`update model_circuits set open_until = now() - interval '1 s'`));

  test('opens after failures in a row: its models are passed over, and the span says so', async () => {
    await open();
    expect(await state()).toBe('open');
    server.requests.length = 0;
    const done = await run();
    expect(done.spans.map(({ name }) => name)).toEqual([B]);
    expect(server.requests.map(({ body }) => body.model)).toEqual(['kimi-k3']);
    const payload = await getSpan(ctx, { runId: done.id, seq: done.spans[0]?.seq ?? 0 });
    expect(ModelSpanInput.parse(payload.input).routing?.skipped).toEqual([
      { model: A, reason: 'circuit_open', detail: expect.stringContaining('the provider has a problem') },
    ]);
  });

  test('is half-open after a while: one call sees whether it works, and closes it', async () => {
    await open();
    await moveOn();
    expect(await state()).toBe('half-open');
    answers = {};
    const done = await run();
    expect(done.spans.map(({ name }) => name)).toEqual([A]);
    const payload = await getSpan(ctx, { runId: done.id, seq: done.spans[0]?.seq ?? 0 });
    expect(ModelSpanInput.parse(payload.input).routing?.reason).toBe('probe');
    await expect.poll(state).toBe('closed');
  });

  test('lets only one of many see whether it works', async () => {
    await open();
    await moveOn();
    answers = { 'claude-opus-5': { tokens: ['Slow.'], firstTokenMs: 300 } };
    const all = await Promise.all([run(), run(), run(), run()]);
    expect(all.flatMap(({ spans }) => spans.map(({ name }) => name)).filter((name) => name === A)).toHaveLength(1);
  });

  test('a probe that fails opens it again, for longer', async () => {
    await open();
    await moveOn();
    await run();
    const [circuit] = (await getHealth(ctx)).circuits;
    expect(circuit?.state).toBe('open');
    expect(circuit?.openUntil?.getTime()).toBeGreaterThan(Date.now() + 45_000);
  });

  test('keeps nobody away who has nobody else to ask', async () => {
    await open();
    answers = {};
    expect(await run({ model: A })).toMatchObject({ status: 'completed' });
    await expect.poll(state).toBe('closed');
  });

  test('what was wrong with a request says nothing of the provider', async () => {
    answers = { 'claude-opus-5': { error: { status: 400 } } };
    for (let i = 0; i < FAILURES_TO_OPEN; i += 1) await run();
    expect((await getHealth(ctx)).circuits).toEqual([]);
  });

  test('is of one organization, and is forgotten when somebody says so', async () => {
    await open();
    const other = await makeOrganization();
    expect((await getHealth(other)).circuits).toEqual([]);
    await expect(resetCircuit(other, { provider: 'anthropic', source: 'server' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await resetCircuit(ctx, { provider: 'anthropic', source: 'server' });
    expect(await state()).toBeUndefined();
    const { models, errors } = await getHealth(ctx);
    expect(models.find(({ model }) => model === A)).toMatchObject({
      hour: { calls: FAILURES_TO_OPEN, failed: FAILURES_TO_OPEN },
    });
    expect(models.find(({ model }) => model === B)?.day.firstTokenP50Ms).toBeGreaterThanOrEqual(0);
    expect(errors[0]).toMatchObject({ model: A, code: 'provider_unavailable' });
  });
});

describe('a policy', () => {
  test('chooses, and what it did not choose is asked when that fails', async () => {
    answers = { 'kimi-k3': { error: { status: 500 } } };
    const done = await run({ model: { policy: 'cheapest', models: [A, B], fallback: [] } });
    expect(done.spans.map(({ name }) => name)).toEqual([B, A]);
    const best = await run({ model: { policy: 'best', models: [B, A], fallback: [] } });
    expect(best.spans.map(({ name }) => name)).toEqual([A]);
    await setTerms(ctx, { model: B, price: null, quality: 100 });
    answers = {};
    const now = await run({ model: { policy: 'best', models: [B, A], fallback: [] } });
    expect(now.spans.map(({ name }) => name)).toEqual([B]);
  });

  test('fastest goes by what was seen of the models', async () => {
    answers = {
      'kimi-k3': { tokens: ['a', 'b', 'c'], perTokenMs: 60, firstTokenMs: 200 },
      'claude-opus-5': { tokens: ['a'] },
    };
    await run({ model: A });
    await run({ model: B });
    const done = await run({ model: { policy: 'fastest', models: [B, A], fallback: [] } });
    expect(done.spans.map(({ name }) => name)).toEqual([A]);
  });

  test('fastest knows soon what was not measured before', async () => {
    answers = {};
    const asked = async () =>
      (await run({ model: { policy: 'fastest', models: [B, A], fallback: [] } })).spans[0]?.name;
    expect(await asked()).toBe(B);
    await expect.poll(asked, { timeout: 10_000, interval: 500 }).toBe(A);
  });
});
