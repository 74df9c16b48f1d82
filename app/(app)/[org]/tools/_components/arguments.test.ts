import { expect, test } from 'vitest';
import type { JsonValue } from '@/lib/contracts/json';
import { argumentsOf } from './arguments';

test('each property becomes an argument', () => {
  const schema = {
    type: 'object',
    required: ['query'],
    properties: {
      query: { type: 'string', description: 'What' },
      count: { type: 'integer', default: 5 },
      mode: { type: 'string', enum: ['a', 'b'] },
      rows: { type: 'array', items: {} },
      any: true,
    },
  };
  expect(argumentsOf(schema)).toEqual([
    { name: 'query', type: 'string', description: 'What', required: true, choices: [], default: undefined },
    { name: 'count', type: 'number', description: undefined, required: false, choices: [], default: 5 },
    { name: 'mode', type: 'string', description: undefined, required: false, choices: ['a', 'b'], default: undefined },
    { name: 'rows', type: 'json', description: undefined, required: false, choices: [], default: undefined },
    { name: 'any', type: 'json', description: undefined, required: false, choices: [], default: undefined },
  ]);
});

test.each<[JsonValue]>([[null], [[]], ['text'], [{}], [{ properties: [] }]])('%j has none', (schema) => {
  expect(argumentsOf(schema)).toEqual([]);
});
