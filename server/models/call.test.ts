import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ModelServer, type ProviderAnswer, startModelServer } from '@/e2e/fixtures/model-server';
import { CredentialProvider } from '@/lib/contracts/models';
import type { TranscriptMessage } from '@/lib/contracts/runs';
import { findPrice } from '@/lib/prices';
import { Upstream } from '../errors';
import { createGuardedClient } from '../http/guarded';
import { toolDefinitions } from '../tools/registry';
import { callModel, type ModelCall } from './call';
import type { ResolvedModel } from './resolved';
import { limited, serverFetch } from './vendor-fetch';
import { VENDORS } from './vendors';

const KEY = 'sk-test-0123456789';
const QUESTION: TranscriptMessage[] = [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: 'What is it?' },
];

let server: ModelServer;
let answer: ProviderAnswer | undefined;
beforeAll(async () => {
  server = await startModelServer({ key: KEY, answer: () => answer });
});
afterAll(() => server.close());
beforeEach(() => {
  answer = undefined;
});

/** Where each vendor is on the one server. */
const PATHS: Record<CredentialProvider, string> = {
  openai: '/v1',
  anthropic: '/v1',
  google: '/v1beta',
  azure: '/openai/v1',
  together: '/together/v1',
  moonshot: '/moonshot/v1',
  'openai-compatible': '/v1',
};

function resolve(provider: CredentialProvider, id: string, { key = KEY, url = server.url } = {}): ResolvedModel {
  return {
    model: `${provider}/${id}`,
    provider,
    source: 'server',
    price: findPrice('openai/gpt-5') ?? null,
    language: VENDORS[provider].open(id, { key, baseUrl: `${url}${PATHS[provider]}`, fetch: serverFetch }),
    redact: (text) => text.replaceAll(key, '[key]'),
  };
}

const call = (provider: CredentialProvider, id: string, more: Partial<ModelCall> = {}) =>
  callModel({
    resolved: resolve(provider, id),
    messages: QUESTION,
    tools: toolDefinitions(['calculator', 'current_time']),
    parameters: {},
    signal: new AbortController().signal,
    timeouts: { firstTokenMs: 2_000, idleMs: 2_000 },
    ...more,
  });

async function failure(promise: Promise<unknown>): Promise<Upstream> {
  const error = await promise.then(
    () => undefined,
    (e) => e,
  );
  expect(error).toBeInstanceOf(Upstream);
  return error;
}

describe.each<CredentialProvider>(CredentialProvider.options)('%s', (provider) => {
  test('streams an answer with usage and cost', async () => {
    const deltas: string[] = [];
    const result = await call(provider, 'plain', { onDelta: (text) => deltas.push(text) });
    expect(result).toMatchObject({
      message: { role: 'assistant', content: 'The answer is 42.', toolCalls: [] },
      finishReason: 'stop',
      usage: { inputTokens: 10, cachedTokens: 0, outputTokens: 5 },
      usageEstimated: false,
      costMicros: 63,
    });
    // Those who speak chat completions say at once what came at once.
    const isJoined = ['together', 'moonshot', 'openai-compatible'].includes(provider);
    expect(deltas).toEqual(isJoined ? ['The answer is 42.'] : ['The', ' answer', ' is', ' 42', '.']);
    expect(result.firstTokenAt?.getTime()).toBeGreaterThanOrEqual(result.startedAt.getTime());
    expect(result.endedAt.getTime()).toBeGreaterThanOrEqual(result.startedAt.getTime());
  });

  test('calls tools, takes their results back', async () => {
    const first = await call(provider, 'two-tools');
    expect(first.finishReason).toBe('tool-calls');
    expect(first.message.toolCalls).toEqual([
      { id: 'call_0', name: 'calculator', input: { expression: '6*7' } },
      { id: 'call_1', name: 'calculator', input: { expression: '2+2' } },
    ]);
    const results = first.message.toolCalls.map(
      ({ id, name }, index): TranscriptMessage => ({
        role: 'tool',
        toolCallId: id,
        name,
        output: { result: '42' },
        isError: index === 1,
      }),
    );
    const second = await call(provider, 'two-tools', { messages: [...QUESTION, first.message, ...results] });
    expect(second.message).toMatchObject({ content: 'The answer is 42.', toolCalls: [] });
    const sent = JSON.stringify(server.requests.at(-1)?.body);
    expect(sent).toContain('call_0');
    expect(sent).toContain('call_1');
  });

  test('parameters are sent', async () => {
    await call(provider, 'plain', { parameters: { temperature: 0.5, maxOutputTokens: 99 } });
    const sent = JSON.stringify(server.requests.at(-1)?.body);
    expect(sent).toContain('"temperature":0.5');
    expect(sent).toMatch(/"max(_tokens|_output_tokens|_completion_tokens|OutputTokens)":99/);
  });

  test('a tool without arguments, one that does not exist', async () => {
    expect((await call(provider, 'no-arguments')).message.toolCalls[0]).toMatchObject({
      name: 'current_time',
      input: {},
    });
    expect((await call(provider, 'unknown-tool')).message.toolCalls[0]).toMatchObject({ name: 'no_such_tool' });
  });

  test('counts itself what the provider does not count believably', async () => {
    // Anthropic's client takes no answer that begins with a count of null; Anthropic sends none.
    for (const model of ['no-usage', 'negative-usage', ...(provider === 'anthropic' ? [] : ['null-usage'])]) {
      const result = await call(provider, model);
      expect(result.usageEstimated).toBe(true);
      expect(result.usage.inputTokens).toBeGreaterThan(50);
      expect(result.costMicros).toBeGreaterThan(0);
      for (const count of Object.values(result.usage)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
    }
  });

  test('tokens from the cache are cheaper', async () => {
    const { usage, costMicros } = await call(provider, 'cached-usage');
    expect(usage).toEqual({ inputTokens: 1_000, cachedTokens: 800, outputTokens: 5 });
    expect(costMicros).toBe(200 * 1.25 + 800 * 0.125 + 5 * 10);
  });

  test('an answer that is too long is one', async () => {
    expect(await call(provider, 'cut-short')).toMatchObject({
      finishReason: 'length',
      message: { content: 'The answer is 42.' },
    });
  });

  test.each([
    [400, 'provider_refused', false],
    [401, 'provider_refused', false],
    [403, 'provider_refused', false],
    [404, 'provider_refused', false],
    [408, 'provider_timeout', true],
    [413, 'provider_refused', false],
    [422, 'provider_refused', false],
    [429, 'provider_rate_limited', true],
    [500, 'provider_unavailable', true],
    [503, 'provider_unavailable', true],
    [529, 'provider_unavailable', true],
  ])('status %i is %s', async (status, reason, retriable) => {
    const error = await failure(call(provider, `status-${status}`));
    expect(error).toMatchObject({ reason, retriable });
    expect(error.message).toContain(`scripted ${status}`);
  });

  test('Retry-After is told', async () => {
    expect(await failure(call(provider, 'retry-after-7'))).toMatchObject({ retryAfterMs: 7_000, retriable: true });
    answer = { error: { status: 503, headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() } } };
    const { retryAfterMs = 0 } = await failure(call(provider, 'any'));
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test('a refused key is not repeated, nor kept in the cause', async () => {
    const key = 'sk-wrong-abcdefghij';
    const error = await failure(call(provider, 'plain', { resolved: resolve(provider, 'plain', { key }) }));
    expect(error).toMatchObject({ reason: 'provider_refused', retriable: false });
    expect(error.message).toContain('[key]');
    expect(JSON.stringify([error.message, String(error.cause), error.cause])).not.toContain(key);
  });

  test.each(['cut-event', 'cut-token', 'cut-character', 'cut-arguments', 'unfinished', 'garbage', 'bad-arguments'])(
    '%s is a broken answer',
    async (model) => {
      // Anthropic has no event for arguments that are no JSON: they come as they are there too.
      expect(await failure(call(provider, model))).toMatchObject({ reason: 'provider_broken_answer', retriable: true });
    },
  );

  test('an error in the middle of a stream', async () => {
    answer = { tokens: ['The'], errorEvent: { type: 'overloaded_error', message: 'too many people' } };
    const error = await failure(call(provider, 'any'));
    expect(error.retriable).toBe(true);
    expect(error.message).toContain('too many people');
  });

  test.each(['hang-headers', 'hang-start', 'slow-start-500'])('%s is a time-out of the first piece', async (model) => {
    const error = await failure(call(provider, model, { timeouts: { firstTokenMs: 100 } }));
    expect(error).toMatchObject({ reason: 'provider_timeout', retriable: true });
    expect(error.message).toContain('first piece');
  });

  test('a pause that is too long is a time-out, and the request is given up', async () => {
    const error = await failure(call(provider, 'hang-end', { timeouts: { idleMs: 100 } }));
    expect(error).toMatchObject({ reason: 'provider_timeout', retriable: true });
    expect(error.message).toContain('next piece');
    await expect.poll(() => server.requests.at(-1)?.aborted).toBe(true);
  });

  test('abort reaches the provider', async () => {
    const controller = new AbortController();
    const running = call(provider, 'slow-20', {
      signal: controller.signal,
      onDelta: () => controller.abort(new Error('stopped')),
    });
    await expect(running).rejects.toThrow('stopped');
    await expect.poll(() => server.requests.at(-1)?.aborted).toBe(true);
  });

  test('nobody listens there', async () => {
    const resolved = resolve(provider, 'plain', { url: 'http://127.0.0.1:1' });
    expect(await failure(call(provider, 'plain', { resolved }))).toMatchObject({
      reason: 'provider_unavailable',
      retriable: true,
    });
  });

  test('text that cannot be stored is made storable', async () => {
    answer = { tokens: ['a\u0000b', '\ud83c', '\udf89', '\ud83c', 'x\udf89', '\ud83c'] };
    const deltas: string[] = [];
    const { message } = await call(provider, 'any', { onDelta: (text) => deltas.push(text) });
    expect(message.content).toBe('a\uFFFDb🎉\uFFFDx\uFFFD\uFFFD');
    expect(deltas.join('')).toBe(message.content);
  });

  test('calls of tools count too where tokens are not counted', async () => {
    answer = {
      calls: [{ name: 'calculator', arguments: '{"expression":"6*7"}' }],
      usage: provider === 'anthropic' ? null : { input: null, output: null },
    };
    const result = await call(provider, 'any');
    expect(result).toMatchObject({ usageEstimated: true, finishReason: 'tool-calls' });
    expect(result.message.toolCalls).toHaveLength(1);
  });

  test('arguments nested too deep are a broken answer', async () => {
    answer = { calls: [{ name: 'calculator', arguments: `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}` }] };
    expect(await failure(call(provider, 'any'))).toMatchObject({ reason: 'provider_broken_answer' });
  });
});

test('a dated API version of Azure is asked at the address of the deployment', async () => {
  const settings = { apiVersion: '2024-10-21' };
  const connection = { key: KEY, baseUrl: `${server.url}/openai/`, settings, fetch: serverFetch };
  const resolved = { ...resolve('azure', 'two-tools'), language: VENDORS.azure.open('two-tools', connection) };
  const { message } = await call('azure', 'two-tools', { resolved });
  expect(message.toolCalls).toHaveLength(2);
  expect(server.requests.at(-1)).toMatchObject({
    path: '/openai/deployments/two-tools/chat/completions',
    headers: { 'api-key': KEY },
  });
});

test("Azure's Responses API is found from an address without the version, behind a proxy too", async () => {
  const connection = { key: KEY, baseUrl: `${server.url}/openai/`, settings: {}, fetch: serverFetch };
  const resolved = { ...resolve('azure', 'two-tools'), language: VENDORS.azure.open('two-tools', connection) };
  expect((await call('azure', 'two-tools', { resolved })).message.toolCalls).toHaveLength(2);
  expect(server.requests.at(-1)).toMatchObject({ path: '/openai/v1/responses' });
});

test.each<CredentialProvider>(['openai', 'openai-compatible', 'anthropic'])(
  '%s streams through the guarded client',
  async (provider) => {
    const guarded = createGuardedClient({ isAllowedAddress: (address) => address === '127.0.0.1' });
    const connection = { key: KEY, baseUrl: `${server.url}/v1`, fetch: limited(guarded.stream) };
    const resolved = { ...resolve(provider, 'slow-5'), language: VENDORS[provider].open('slow-5', connection) };
    const deltas: string[] = [];
    const { message } = await call(provider, 'slow-5', { resolved, onDelta: (text) => deltas.push(text) });
    expect(message.content).toBe('The answer is 42.');
    expect(deltas.join('')).toBe('The answer is 42.');
  },
);

test('an answer without end is given up', async () => {
  const guarded = createGuardedClient({ isAllowedAddress: (address) => address === '127.0.0.1' });
  const connection = { key: KEY, baseUrl: `${server.url}/v1`, fetch: limited(guarded.stream, 10_000) };
  const resolved = { ...resolve('openai', 'long-10000'), language: VENDORS.openai.open('long-10000', connection) };
  const error = await failure(call('openai', 'long-10000', { resolved }));
  expect(error).toMatchObject({ reason: 'provider_broken_answer', retriable: false });
});

test('an account without credit is not asked again', async () => {
  answer = { error: { status: 429, message: 'You exceeded your current quota', code: 'insufficient_quota' } };
  const error = await failure(call('openai', 'any'));
  expect(error).toMatchObject({ reason: 'provider_rate_limited', retriable: false });
});

test('OpenAI is told to keep nothing', async () => {
  await call('openai', 'plain');
  expect(server.requests.at(-1)?.body).toMatchObject({ store: false });
});

test('an aborted signal calls nobody', async () => {
  const before = server.requests.length;
  await expect(call('openai', 'plain', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
    'too late',
  );
  expect(server.requests.length).toBe(before);
});

const SHAPE = {
  type: 'object',
  properties: { weight_in_stone: { type: 'number' } },
  required: [],
  additionalProperties: false,
};

test.each([
  ['openai', 'gpt-5', { text: { format: { type: 'json_schema', name: 'sum', strict: false, schema: SHAPE } } }],
  ['azure', 'gpt-5', { text: { format: { type: 'json_schema', name: 'sum', strict: false, schema: SHAPE } } }],
  ['anthropic', 'claude-opus-4-5', { output_config: { format: { type: 'json_schema' } } }],
  ['google', 'gemini-3-pro-preview', { generationConfig: { responseMimeType: 'application/json' } }],
  ['moonshot', 'kimi-k2', { response_format: expect.anything() }],
  ['together', 'meta-llama/Llama-4', { response_format: expect.anything() }],
] as const)('%s is told the shape of the answer in its own way', async (provider, id, expected) => {
  await call(provider, id, { tools: [], output: { name: 'sum', schema: SHAPE } });
  expect(server.requests.at(-1)?.body).toMatchObject(expected);
});
