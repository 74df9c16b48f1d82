import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { metrics } from './metrics';
import { budgetRefused, modelCalled, runEnded, runStarted, toolCalled, watcherOpened } from './runs';
import { type EndedSpan, runAddress, setSpanSink, stepAddress } from './spans';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 20) + ms);
const run = { orgId: newId(), runId: newId() };
const model = {
  ...run,
  seq: 1,
  attempt: 0,
  model: 'openai/gpt-x',
  startedAt: at(0),
  firstTokenAt: at(300),
  endedAt: at(1_500),
  usage: { inputTokens: 100, cachedTokens: 40, outputTokens: 7 },
  costMicros: 2_500_000,
  finishReason: 'tool-calls',
};
const tool = {
  ...run,
  seq: 2,
  attempt: 1,
  parentSeq: 1,
  tool: 'calculator',
  kind: 'calculator',
  startedAt: at(1_500),
  endedAt: at(1_600),
};
const ended = {
  ...run,
  agentId: newId(),
  agentName: 'Ada',
  status: 'completed' as const,
  createdAt: at(-100),
  endedAt: at(2_000),
};

describe('metrics', () => {
  beforeEach(() => metrics().registry.resetMetrics());
  const lines = async () => (await metrics().registry.metrics()).split('\n');

  test('runs, calls, tokens and costs are counted', async () => {
    runStarted({ runId: run.runId, trigger: 'api' });
    modelCalled(model);
    modelCalled({ ...model, errorCode: 'provider_unavailable', usage: null, firstTokenAt: null, costMicros: null });
    toolCalled(tool);
    toolCalled({ ...tool, errorCode: 'tool_failed' });
    runEnded(ended);
    budgetRefused({ scope: 'agent' });
    const leave = watcherOpened();
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'muster_runs_started_total{trigger="api"} 1',
        'muster_runs_ended_total{status="completed"} 1',
        'muster_run_duration_seconds_sum{status="completed"} 2.1',
        'muster_model_calls_total{provider="openai",model="gpt-x",outcome="ok"} 1',
        'muster_model_calls_total{provider="openai",model="gpt-x",outcome="provider_unavailable"} 1',
        'muster_model_call_duration_seconds_sum{provider="openai",model="gpt-x"} 3',
        'muster_model_first_token_seconds_sum{provider="openai",model="gpt-x"} 0.3',
        'muster_model_tokens_total{provider="openai",model="gpt-x",type="input"} 100',
        'muster_model_tokens_total{provider="openai",model="gpt-x",type="cached"} 40',
        'muster_model_tokens_total{provider="openai",model="gpt-x",type="output"} 7',
        'muster_model_cost_dollars_total{provider="openai",model="gpt-x"} 2.5',
        'muster_tool_calls_total{tool="calculator",outcome="ok"} 1',
        'muster_tool_calls_total{tool="calculator",outcome="tool_failed"} 1',
        'muster_budget_refusals_total{scope="agent"} 1',
        'muster_run_watchers 1',
      ]),
    );
    leave();
    expect(await lines()).toContain('muster_run_watchers 0');
  });

  test('nonsense from a provider is no reason to fail', async () => {
    const usage = { inputTokens: -5, cachedTokens: Number.NaN, outputTokens: 0 };
    modelCalled({ ...model, model: 'nameless', usage, costMicros: Number.NaN });
    expect(await lines()).toContain('muster_model_calls_total{provider="unknown",model="nameless",outcome="ok"} 1');
    expect((await lines()).filter((line) => line.startsWith('muster_model_tokens_total{'))).toEqual([]);
  });

  test('a model per call does not make a time series per call', async () => {
    for (let i = 0; i < 500; i += 1) modelCalled({ ...model, model: `openai-compatible/m${i}` });
    const series = (await lines()).filter((line) => line.startsWith('muster_model_calls_total{'));
    expect(series.length).toBeLessThan(210);
    expect(series.at(-1)).toContain('model="other"');
  });
});

describe('spans', () => {
  let sent: EndedSpan[];
  beforeEach(() => {
    sent = [];
    setSpanSink((span) => sent.push(span));
  });
  afterEach(() => setSpanSink(undefined));

  test('a run and its steps are one trace, whoever tells of them in whatever order', () => {
    toolCalled(tool);
    modelCalled(model);
    runEnded(ended);
    const [second, first, root] = sent;
    expect(new Set(sent.map(({ traceId }) => traceId))).toEqual(new Set([run.runId.replaceAll('-', '')]));
    expect(root).toMatchObject({ name: 'invoke_agent Ada', spanId: runAddress(run.runId).spanId, error: undefined });
    expect(root?.parentSpanId).toBeUndefined();
    expect(first).toMatchObject({ parentSpanId: root?.spanId, spanId: stepAddress(run.runId, 1).spanId });
    expect(second).toMatchObject({ parentSpanId: first?.spanId, name: 'execute_tool calculator' });
    expect(new Set(sent.map(({ spanId }) => spanId)).size).toBe(3);
    for (const { traceId, spanId } of sent) expect(`${traceId} ${spanId}`).toMatch(/^[0-9a-f]{32} [0-9a-f]{16}$/);
  });

  test('attributes are those of the gen_ai conventions, with the times that were recorded', () => {
    modelCalled({ ...model, errorCode: 'provider_timeout' });
    expect(sent[0]).toMatchObject({
      name: 'chat gpt-x',
      kind: 'client',
      startedAt: at(0),
      endedAt: at(1_500),
      error: 'provider_timeout',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-x',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 7,
        'gen_ai.response.finish_reasons': ['tool-calls'],
        'muster.run.id': run.runId,
      },
    });
  });

  test('a run that was stopped says so', () => {
    runEnded({ ...ended, status: 'cancelled' });
    runEnded({ ...ended, status: 'failed', errorCode: 'limit_cost' });
    expect(sent.map(({ error }) => error)).toEqual(['cancelled', 'limit_cost']);
  });
});
