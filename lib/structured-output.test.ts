import { expect, test } from 'vitest';
import { AgentOutput } from './contracts/agent-output';
import { correctionOf, isCorrection, jsonObjectOf } from './structured-output';

const schema = {
  type: 'object',
  properties: { total: { type: 'number' }, unit: { enum: ['kg', 'lb'] } },
  required: ['total', 'unit'],
};

test('a schema is of an object, and one that can be checked', () => {
  expect(AgentOutput.parse({ schema })).toEqual({ name: 'answer', schema });
  const messages = (wrong: object) =>
    AgentOutput.safeParse({ schema: wrong }).error?.issues.map(({ message }) => message);
  expect(messages({ type: 'string' })).toEqual([expect.stringContaining('type: object')]);
  expect(messages({ type: 'object', properties: { a: { $ref: 'https://example.com/a' } } })).toEqual([
    expect.stringContaining('Not a JSON Schema that can be checked'),
  ]);
});

test('a correction is known as one; only an object is shown as such', () => {
  expect(isCorrection(correctionOf('total: expected number'))).toBe(true);
  expect(isCorrection('Your answer, please')).toBe(false);
  expect(jsonObjectOf('{"a": 1}')).toEqual({ a: 1 });
  expect(jsonObjectOf('{"a": 1')).toBeUndefined();
  expect(jsonObjectOf('12')).toBeUndefined();
});
