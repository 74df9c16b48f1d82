import { expect, test } from 'vitest';
import { Guard } from '@/lib/contracts/guardrails';
import { StorableJson } from '@/lib/contracts/json';
import { checkBounded } from './bounded-check';
import { checkText } from './guardrails/check';
import { readOutput } from './runs/structured-answer';
import { inputOf } from './tools/json-schema-input';

/** An expression that tries every way to cut its text, and references of which each leads to the next one twice. */
const catastrophic = { type: 'string', pattern: '^(a+)+$' };
const text = `${'a'.repeat(60)}!`;
const fanOut = (() => {
  const step = (at: number) => ({ allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] });
  const steps = Array.from({ length: 40 }, (_, at) => [`d${at}`, step(at)]);
  return { $defs: { ...Object.fromEntries(steps), d40: {} }, $ref: '#/$defs/d0' };
})();

const TOO_LONG = /takes too long to be checked/;

test('a value that fits, or does not, is told as zod tells it', () => {
  const schema = { type: 'object', properties: { n: { type: 'number', default: 1 } } };
  expect(checkBounded(schema, {})).toEqual({ success: true, data: { n: 1 } });
  expect(checkBounded(schema, { n: 'one' }).error?.issues).toMatchObject([{ path: ['n'], code: 'invalid_type' }]);
});

test.each([
  ['an expression', catastrophic, text],
  ['references', fanOut, {}],
])('%s that would hold the server up: given up, and the next check works', (_, schema, value) => {
  expect(checkBounded(schema, value).error?.message).toMatch(TOO_LONG);
  expect(checkBounded({ type: 'number' }, 1).success).toBe(true);
});

test('a value that is nested too deep is no failure of ours', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  expect(checkBounded({ type: 'array' }, deep).error?.message).toMatch(TOO_LONG);
});

test('so it is where agents, guards and remote tools bring schemas', () => {
  const guard = Guard.parse({ type: 'schema', schema: catastrophic });
  expect(checkText([guard], JSON.stringify(text)).blocked).toMatch(TOO_LONG);
  const output = { type: 'object', properties: { code: catastrophic } };
  expect(readOutput(output, JSON.stringify({ code: text }))).toEqual({ problem: expect.stringMatching(TOO_LONG) });
  expect(inputOf(fanOut, 'fan-out', StorableJson).safeParse({}).error?.message).toMatch(TOO_LONG);
});
