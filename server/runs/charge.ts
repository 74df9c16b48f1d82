import type { ModelPrice } from '@/lib/contracts/models';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import type { Charge } from '../ledger/service';

/** What an answer may have at most when the agent sets no limit of its own: a budget needs one. */
const USUAL_OUTPUT_TOKENS = 16_384;
/** A call that could not say more than this is not worth its input. */
const LEAST_OUTPUT_TOKENS = 64;
/** What providers add to a request around messages and tools. */
const OVERHEAD_TOKENS = 600;
/** A token is about four bytes of English, three of code, two of the least common scripts. */
const BYTES_PER_TOKEN = 2;

/** The most a call of a model may cost; nothing when its price is not known. */
export function chargeOf(
  price: ModelPrice | null,
  input: ModelSpanInput,
  limits: { maxOutputTokens?: number; runLimitMicros: number },
): Charge | undefined {
  if (!price) return undefined;
  const bytes = Buffer.byteLength(JSON.stringify([input.messages, input.tools]));
  const inputTokens = Math.ceil(bytes / BYTES_PER_TOKEN) + OVERHEAD_TOKENS;
  const rates = price.longPrompt && inputTokens > price.longPrompt.aboveTokens ? price.longPrompt : price;
  const wantedTokens = limits.maxOutputTokens ?? USUAL_OUTPUT_TOKENS;
  return {
    base: inputTokens * rates.input,
    outputRate: rates.output,
    wantedTokens,
    leastTokens: Math.min(wantedTokens, LEAST_OUTPUT_TOKENS),
    runLimitMicros: limits.runLimitMicros,
  };
}
