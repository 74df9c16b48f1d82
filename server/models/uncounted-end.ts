import { type LanguageModelV4StreamPart, TypeValidationError } from '@ai-sdk/provider';
import { z } from 'zod';
import type { Provider } from '@/lib/contracts/models';

type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;

const Ended = z.object({
  type: z.enum(['response.completed', 'response.incomplete']),
  response: z.object({
    usage: z.unknown(),
    incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
    output: z.array(z.object({ type: z.string() })).nullish(),
  }),
});
const UNKNOWN = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };

/**
 * The end of an answer of the Responses API whose counts of tokens the SDK could not take, such as null: the answer is whole
 * for all that, and is counted from its characters. undefined for every other error.
 */
export function uncountedEnd(error: unknown, provider: Provider): Finish | undefined {
  if ((provider !== 'openai' && provider !== 'azure') || !TypeValidationError.isInstance(error)) return undefined;
  const ended = Ended.safeParse(error.value);
  if (!ended.success) return undefined;
  const { incomplete_details: details, output } = ended.data.response;
  const raw = details?.reason ?? undefined;
  const called = output?.some(({ type }) => type === 'function_call') ?? false;
  const unified = raw === 'content_filter' ? 'content-filter' : raw ? 'length' : called ? 'tool-calls' : 'stop';
  return {
    type: 'finish',
    finishReason: { unified, raw },
    usage: { inputTokens: UNKNOWN, outputTokens: { total: undefined, text: undefined, reasoning: undefined } },
  };
}
