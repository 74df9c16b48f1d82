import { expect, test } from 'vitest';
import { z } from 'zod';
import './messages';

test.each([
  [z.number().max(65_535), 99_999, 'At most 65,535.'],
  [z.number().min(1), 0, 'At least 1.'],
  [z.number().gt(0), 0, 'More than 0.'],
  [z.string().min(1), '', 'Fill this in.'],
  [z.string().min(8), 'short', 'At least 8 characters.'],
  [z.array(z.string()).max(1), ['a', 'b'], 'At most 1 of them.'],
  [z.int(), 1.5, 'A whole number.'],
  [z.number(), Number.NaN, 'A number.'],
  [z.object({ answer: z.string() }), {}, 'It is missing.'],
  [z.number().max(5, 'Five at most.'), 6, 'Five at most.'],
])('%#: %s says what is wrong in words', (schema, value, words) => {
  expect(schema.safeParse(value).error?.issues[0]?.message).toBe(words);
});
