import { z } from 'zod';
import { type JsonValue, StorableJson } from './json';

/** Makes zod of a JSON Schema. @throws Error that says what cannot be checked. */
export const zodOf = (schema: { [key: string]: JsonValue }): z.ZodType =>
  z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);

/** A JSON Schema that values can be checked with. */
export const CheckableSchema = z.record(z.string().max(200), StorableJson).superRefine((schema, check) => {
  try {
    zodOf(schema);
  } catch (error) {
    check.addIssue({
      code: 'custom',
      message: `Not a JSON Schema that can be checked: ${(error as Error).message}`,
    });
  }
});
export type CheckableSchema = z.infer<typeof CheckableSchema>;
