import { APICallError } from '@ai-sdk/provider';
import { describe, expect, test } from 'vitest';
import { costMicros, findPrice, PRICED_MODELS } from '@/lib/prices';
import { Forbidden } from '../errors';
import { readRetryAfter, toUpstream } from './failures';

const resolved = { model: 'openai/x', redact: (text: string) => text.replaceAll('sk-secret', '[key]') };

describe('readRetryAfter', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': '999999999' }, 86_400_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, expect.any(Number)],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after-ms': 'x', 'retry-after': '1' }, 1_000],
    [{}, undefined],
  ])('%j', (headers, ms) => {
    expect(readRetryAfter(headers, now)).toEqual(ms);
  });
});

describe('toUpstream', () => {
  test('a refusal of our own stays a refusal, however deep it is wrapped', () => {
    const error = new TypeError('fetch failed', { cause: new Forbidden('llm.example has no public address.') });
    const wrapped = new APICallError({
      message: 'Cannot connect to API',
      cause: error,
      url: '',
      requestBodyValues: {},
    });
    expect(toUpstream(wrapped, resolved)).toMatchObject({
      reason: 'provider_refused',
      retriable: false,
      message: 'openai/x: llm.example has no public address.',
    });
  });

  test('a connection that takes too long is a time-out', () => {
    const cause = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
    const error = new APICallError({
      message: 'Cannot connect to API',
      cause,
      url: '',
      requestBodyValues: {},
      isRetryable: true,
    });
    expect(toUpstream(error, resolved)).toMatchObject({ reason: 'provider_timeout', retriable: true });
  });

  test('neither message nor cause has the key, the prompt, or several lines', () => {
    const error = new APICallError({
      message: `bad\nkey\u0000 sk-secret ${'x'.repeat(1_000)}`,
      url: 'https://api.example',
      requestBodyValues: { messages: ['the prompt'] },
      statusCode: 401,
    });
    const upstream = toUpstream(error, resolved);
    const { message, stack, name } = upstream.cause as Error;
    const all = JSON.stringify([upstream.message, message, stack, name]);
    expect(all).not.toContain('sk-secret');
    expect(all).not.toContain('the prompt');
    for (const character of ['\n', '\u0000']) expect(upstream.message).not.toContain(character);
    expect(upstream.message.length).toBeLessThan(500);
  });

  test.each([new Error('what?'), 'text', undefined, null, 5, {}])('%j is a broken answer', (error) => {
    expect(toUpstream(error, resolved)).toMatchObject({ reason: 'provider_broken_answer', retriable: true });
  });
});

describe('prices', () => {
  test('dated names have the price of the undated', () => {
    expect(findPrice('openai/gpt-5-2025-08-07')).toEqual(findPrice('openai/gpt-5'));
    expect(findPrice('anthropic/claude-haiku-4-5-20251001')).toEqual(findPrice('anthropic/claude-haiku-4-5'));
    expect(findPrice('openai/gpt-5-turbo')).toBeUndefined();
    expect(findPrice('openai-compatible/gpt-5')).toBeUndefined();
    expect(findPrice('constructor')).toBeUndefined();
  });

  test('what costs something never counts as nothing', () => {
    for (const model of PRICED_MODELS) {
      const price = findPrice(model);
      expect(price && costMicros(price, { inputTokens: 1, cachedTokens: 0, outputTokens: 0 })).toBeGreaterThanOrEqual(
        1,
      );
      expect(price && costMicros(price, { inputTokens: 0, cachedTokens: 0, outputTokens: 0 })).toBe(0);
    }
  });

  test('long prompts, cached input', () => {
    const price = findPrice('openai/gpt-6.1-sol');
    if (!price) throw new Error('no price');
    const million = { inputTokens: 1_000_000, cachedTokens: 0, outputTokens: 0 };
    expect(costMicros(price, { ...million, inputTokens: 200_000 })).toBe(400_000);
    expect(costMicros(price, million)).toBe(4_000_000);
    expect(costMicros(price, { ...million, cachedTokens: 1_000_000 })).toBe(200_000);
    expect(costMicros(price, { ...million, outputTokens: 100_000 })).toBe(4_000_000 + 1_500_000);
  });
});
