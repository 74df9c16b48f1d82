import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CheckableSchema } from '@/lib/contracts/json-schema';
import { FIELD_TYPES, type FieldType, fieldsOf, isSame, problemOf, schemaOf } from './schema-fields';

const anyField = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}$/),
  type: fc.constantFrom(...(Object.keys(FIELD_TYPES) as FieldType[])),
  description: fc.string({ maxLength: 20 }),
  required: fc.boolean(),
});

test('fields become a schema that can be checked, and come back as they were', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyField, { selector: ({ name }) => name, maxLength: 8 }), (drawn) => {
      const fields = drawn.map((field) => ({ ...field, choices: field.type === 'choice' ? ['a', 'b c'] : [] }));
      const schema = schemaOf(fields);
      expect(CheckableSchema.safeParse(schema).success).toBe(true);
      const required = fields.filter((field) => field.required);
      expect(fieldsOf(schema)).toEqual([...required, ...fields.filter((field) => !field.required)]);
      expect(isSame(fields, fields.toReversed())).toBe(true);
    }),
  );
});

test('a schema that says more is left to be edited as JSON, and nothing of it is lost', () => {
  const flat = { type: 'object', properties: { a: { type: 'string' } } };
  expect(fieldsOf(flat)).toHaveLength(1);
  const more: CheckableSchema[] = [
    { ...flat, properties: { a: { type: 'string', minLength: 2 } } },
    { ...flat, properties: { a: { type: 'object', properties: {} } } },
    { ...flat, properties: { a: { type: 'array', items: { type: 'number' } } } },
    { ...flat, minProperties: 1 },
    { ...flat, additionalProperties: true },
  ];
  expect(more.map(fieldsOf)).toEqual(more.map(() => undefined));
});

test('what is not finished is told', () => {
  const field = { name: 'a', type: 'string' as const, description: '', required: true, choices: [] };
  expect(problemOf([field])).toBeUndefined();
  expect(problemOf([{ ...field, name: ' ' }])).toBe('Give every field a name.');
  expect(problemOf([field, field])).toBe('The field a is there twice.');
  expect(problemOf([{ ...field, type: 'choice' }])).toContain('choices of a');
});
