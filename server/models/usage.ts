import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { Usage } from '@/lib/contracts/runs';

/** Usual for English in current tokenizers. */
const CHARACTERS_PER_TOKEN = 4;
export const estimateTokens = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN);

/** Tokens as the provider counted them; what it did not count, or not believably, is estimated from characters. */
export function readUsage(
  told: LanguageModelV4Usage | undefined,
  characters: { input: number; output: number },
): { usage: Usage; estimated: boolean } {
  // No call is without input; a server that says 0 does not count.
  const input = isCount(told?.inputTokens.total) && told.inputTokens.total > 0 ? told.inputTokens.total : undefined;
  const output =
    isCount(told?.outputTokens.total) && (told.outputTokens.total > 0 || characters.output === 0)
      ? told.outputTokens.total
      : undefined;
  const inputTokens = input ?? estimateTokens(characters.input);
  const cached = told?.inputTokens.cacheRead;
  return {
    usage: {
      inputTokens,
      cachedTokens: input !== undefined && isCount(cached) ? Math.min(cached, inputTokens) : 0,
      outputTokens: output ?? estimateTokens(characters.output),
    },
    estimated: input === undefined || output === undefined,
  };
}

const isCount = (value: number | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
