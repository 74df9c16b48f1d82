import { z } from 'zod';
import { StorableJson } from './json';
import { Id, Ordinal } from './paging';
import { RunInput, RunRef, RunSummary, Span } from './runs';
import { text } from './text';

/** How a run is repeated: from a failed step, from any step with something changed, or with another version. */

/** `model-N` is the model's turn N, `tool-N-M` the call M it made in that turn; both count from 0. */
export const StepKey = z
  .string()
  .max(20)
  .regex(
    /^(?:model-\d{1,5}|tool-\d{1,5}-\d{1,4})$/,
    'A step is named model-N or tool-N-M, as in the spans of the run.',
  );

const fromStep = StepKey.optional().describe(
  'The first step to be done anew; what came before it is taken over. Omitted: from the beginning',
);

/** What the model is to have answered: the calls are made, the model is not asked. */
export const EditedAnswer = z.object({
  content: text(200_000).default(''),
  toolCalls: z
    .array(z.object({ name: text(64), input: StorableJson }))
    .max(100)
    .default([]),
});
export type EditedAnswer = z.infer<typeof EditedAnswer>;

/** What a tool or a person is to have answered: the tool is not called. */
export const EditedResult = z.object({ output: StorableJson, isError: z.boolean().default(false) });
export type EditedResult = z.infer<typeof EditedResult>;

export const RerunRunInput = RunRef.extend({
  fromStep,
  answer: EditedAnswer.optional().describe('Of the model step `fromStep`, instead of asking the model'),
  result: EditedResult.optional().describe('Of the tool step `fromStep`, instead of calling the tool'),
  input: RunInput.optional().describe('Only from the beginning'),
  variables: z.record(z.string().max(40), text(10_000)).optional().describe('Only from the beginning'),
});
export type RerunRunInput = z.infer<typeof RerunRunInput>;

export const ForkRunInput = RunRef.extend({
  version: z
    .union([z.literal('draft'), Ordinal])
    .optional()
    .describe('Another version of the agent, or its draft; omitted, the spec the run had'),
  model: text(200).optional().describe('Another model, `provider/name`'),
  fromStep,
});
export type ForkRunInput = z.infer<typeof ForkRunInput>;

/** Where a run comes from and what was made of it. */
export const Lineage = z.object({ of: RunSummary.nullable(), reruns: z.array(RunSummary) });
export type Lineage = z.infer<typeof Lineage>;

export const CompareRunsInput = z.object({ a: Id, b: Id });
export type CompareRunsInput = z.infer<typeof CompareRunsInput>;

/** A step as each of two runs did it; null: that run did not. */
export const ComparedStep = z.object({
  stepKey: z.string(),
  change: z.enum(['same', 'changed', 'added', 'missing']).describe('From a to b'),
  a: Span.nullable(),
  b: Span.nullable(),
});
export type ComparedStep = z.infer<typeof ComparedStep>;

const Compared = RunSummary.extend({ input: z.string(), output: z.string().nullable() });
export const RunComparison = z.object({ a: Compared, b: Compared, steps: z.array(ComparedStep) });
export type RunComparison = z.infer<typeof RunComparison>;
