import { z } from 'zod';
import { CheckableSchema } from './json-schema';
import { text } from './text';

/** The shape that an agent's answer has: then it is JSON, and a program can read it. */
export const AgentOutput = z.object({
  name: text(40)
    .regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/, 'Letters, digits, _ and -, beginning with a letter.')
    .default('answer')
    .describe('What the answer is, for the model'),
  schema: CheckableSchema.refine(
    ({ type }) => type === 'object',
    'The answer is an object: write a schema with type: object and properties.',
  ).describe('JSON Schema'),
});
export type AgentOutput = z.infer<typeof AgentOutput>;
