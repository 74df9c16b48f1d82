import type { ModelPrice } from './contracts/models';
import type { Usage } from './contracts/runs';

/** Dollars per million tokens: input, input from the cache, output. */
type Row = [input: number, cachedInput: number, output: number, long?: LongPrompt];
interface LongPrompt {
  aboveTokens: number;
  input: number;
  output: number;
}

/** The whole call costs `input` and `output` times as much above so many tokens of input. */
const OPENAI_LONG: LongPrompt = { aboveTokens: 272_000, input: 2, output: 1.5 };

/** https://developers.openai.com/api/docs/pricing, standard tier, newest first. */
const OPENAI: Record<string, Row> = {
  'gpt-6.1-sol': [2, 0.1, 10, OPENAI_LONG],
  'gpt-6.1-terra': [1, 0.05, 5, OPENAI_LONG],
  'gpt-6-astra': [10, 1, 50, OPENAI_LONG],
  'gpt-6-sol': [2, 0.2, 10, OPENAI_LONG],
  'gpt-6-luna': [0.1, 0.01, 0.5, OPENAI_LONG],
  'gpt-5.6-terra': [2, 0.2, 12, OPENAI_LONG],
  'gpt-5.6-luna': [0.2, 0.02, 1.2, OPENAI_LONG],
  'gpt-5.5': [5, 0.5, 30, OPENAI_LONG],
  'gpt-5.4': [2.5, 0.25, 15, OPENAI_LONG],
  'gpt-5.4-mini': [0.75, 0.075, 4.5],
  'gpt-5.4-nano': [0.2, 0.02, 1.25],
  'gpt-5.2': [1.75, 0.175, 14],
  'gpt-5.1': [1.25, 0.125, 10],
  'gpt-5': [1.25, 0.125, 10],
  'gpt-5-mini': [0.25, 0.025, 2],
  'gpt-5-nano': [0.05, 0.005, 0.4],
  'gpt-4.1': [2, 0.5, 8],
  'gpt-4.1-mini': [0.4, 0.1, 1.6],
  'gpt-4.1-nano': [0.1, 0.025, 0.4],
  'gpt-4o': [2.5, 1.25, 10],
  'gpt-4o-mini': [0.15, 0.075, 0.6],
};

/** https://platform.claude.com/docs/en/about-claude/pricing, newest first. */
const ANTHROPIC: Record<string, Row> = {
  'claude-opus-5-5': [4, 0.2, 20],
  'claude-sonnet-5-5': [2, 0.1, 10],
  'claude-haiku-5-5': [0.1, 0.01, 0.5, { aboveTokens: 100_000, input: 5, output: 5 }],
  'claude-fable-5-1': [10, 0.25, 50],
  'claude-fable-5': [10, 1, 50],
  'claude-opus-5': [5, 0.5, 25],
  'claude-sonnet-5': [2, 0.2, 10],
  'claude-opus-4-8': [5, 0.5, 25],
  'claude-opus-4-7': [5, 0.5, 25],
  'claude-opus-4-6': [5, 0.5, 25],
  'claude-sonnet-4-6': [3, 0.3, 15],
  'claude-opus-4-5': [5, 0.5, 25],
  'claude-sonnet-4-5': [3, 0.3, 15],
  'claude-haiku-4-5': [1, 0.1, 5],
};

const GOOGLE_LONG: LongPrompt = { aboveTokens: 200_000, input: 2, output: 1.5 };

/** https://ai.google.dev/gemini-api/docs/pricing, paid tier, text. Where what is cached has no price here, it is as input. */
const GOOGLE: Record<string, Row> = {
  // Until the end of 2026; twice as much after it.
  'gemini-3.8-flash': [0.75, 0.75, 3.75],
  'gemini-3.5-flash': [1.5, 1.5, 9],
  'gemini-3.5-flash-lite': [0.3, 0.3, 2.5],
  'gemini-3.1-pro-preview': [2, 2, 12, GOOGLE_LONG],
  'gemini-3-flash-preview': [0.5, 0.05, 3],
  'gemini-2.5-pro': [1.25, 1.25, 10, GOOGLE_LONG],
  'gemini-2.5-flash': [0.3, 0.3, 2.5],
};

/** https://platform.kimi.ai/docs/pricing, as others quote it. Together AI tells prices only to who asks it: none are here. */
const MOONSHOT: Record<string, Row> = {
  'kimi-k3.1-pro': [2, 0.2, 10],
  'kimi-k3.1-pro-highspeed': [4, 0.2, 20],
  'kimi-k3': [3, 0.3, 15],
  'kimi-k2.6': [0.95, 0.95, 4],
};

/** Nobody is charged: a small price, so that costs can be seen without a key. */
const SANDBOX: Record<string, Row> = {
  assistant: [0.1, 0.01, 0.4],
  obedient: [0.1, 0.01, 0.4],
  scripted: [0.1, 0.01, 0.4],
};

/** The day each list was last known to be right. */
const PRICES = new Map<string, ModelPrice>([
  ...rows('sandbox', SANDBOX, '2026-11-20'),
  ...rows('openai', OPENAI, '2026-11-05'),
  ...rows('anthropic', ANTHROPIC, '2026-10-24'),
  ...rows('google', GOOGLE, '2026-10-07'),
  ...rows('moonshot', MOONSHOT, '2026-10-25'),
]);

/** Every model with a known price, as `provider/model`. */
export const PRICED_MODELS: readonly string[] = [...PRICES.keys()];

/** The price of `provider/model`; a dated name (`…-2026-04-23`, `…-20250929`) has the price of the undated. */
export const findPrice = (model: string): ModelPrice | undefined =>
  PRICES.get(model) ?? PRICES.get(model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8})$/, ''));

/** What a call costs in micro-dollars: rounded up once, at the end, so that what costs something never counts as nothing. */
export function costMicros(price: ModelPrice, usage: Usage): number {
  const rates = price.longPrompt && usage.inputTokens > price.longPrompt.aboveTokens ? price.longPrompt : price;
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  const total =
    (usage.inputTokens - cached) * rates.input + cached * rates.cachedInput + usage.outputTokens * rates.output;
  return Math.ceil(total / 1_000_000);
}

function rows(provider: string, table: Record<string, Row>, readOn: string): [string, ModelPrice][] {
  return Object.entries(table).map(([id, [input, cachedInput, output, long]]) => [
    `${provider}/${id}`,
    {
      ...rates(input, cachedInput, output),
      ...(long && {
        longPrompt: {
          aboveTokens: long.aboveTokens,
          ...rates(input * long.input, cachedInput * long.input, output * long.output),
        },
      }),
      readOn,
    },
  ]);
}

function rates(input: number, cachedInput: number, output: number) {
  const micros = (dollars: number) => Math.round(dollars * 1_000_000);
  return { input: micros(input), cachedInput: micros(cachedInput), output: micros(output) };
}
