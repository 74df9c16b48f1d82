import { expect, test } from 'vitest';
import { readOutput } from './structured-answer';

const schema = {
  type: 'object',
  properties: { total: { type: 'number' }, unit: { enum: ['kg', 'lb'] } },
  required: ['total', 'unit'],
};

test('an answer is read by its schema, with or without a fence around it', () => {
  const json = '{"total": 3, "unit": "kg"}';
  expect(readOutput(schema, ` ${json}\n`)).toEqual({ json });
  expect(readOutput(schema, `\`\`\`json\n${json}\n\`\`\``)).toEqual({ json });
  expect(readOutput(schema, 'Three kilograms.')).toEqual({ problem: 'it is not JSON' });
  expect(readOutput(schema, '{"total": "3"}')).toEqual({
    problem: expect.stringMatching(/total: .*; unit: /),
  });
});
