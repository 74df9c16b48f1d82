import { setTimeout as sleep } from 'node:timers/promises';
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { estimateTokens } from '../usage';

export interface PlannedCall {
  tool: string;
  input: unknown;
}

/** What a sandbox model decided to say, and how. */
export interface Plan {
  text: string;
  reasoning?: string;
  calls?: PlannedCall[];
  finish?: 'stop' | 'length' | 'content-filter';
  /** Before the first piece. */
  delayMs?: number;
  /** Between two pieces. */
  pieceDelayMs?: number;
  /** Characters in a piece; words when not given. */
  pieceLength?: number;
  /** Break off, or never come to an end, after so many characters of text. */
  breakAfter?: number;
  hangAfter?: number;
  /** Sent in place of the JSON of the arguments. */
  rawArguments?: string;
  usage?: { inputTokens?: number; outputTokens?: number } | null;
}

/** A model that needs no key and no network: `plan` says what it answers. Streams as a real one does and counts tokens. */
export function sandboxModel(
  modelId: string,
  plan: (options: LanguageModelV4CallOptions) => Plan | Promise<Plan>,
): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'sandbox',
    modelId,
    supportedUrls: {},
    async doStream(options) {
      const parts = emit(await plan(options), options);
      return { stream: toStream(parts) };
    },
    async doGenerate(options): Promise<LanguageModelV4GenerateResult> {
      const result: LanguageModelV4GenerateResult = {
        content: [],
        finishReason: { unified: 'other', raw: undefined },
        usage: countUsage(options, { text: '' }),
        warnings: [],
      };
      let text = '';
      for await (const part of emit(await plan(options), options)) {
        if (part.type === 'text-delta') text += part.delta;
        if (part.type === 'tool-call') result.content.push(part);
        if (part.type === 'finish') Object.assign(result, { finishReason: part.finishReason, usage: part.usage });
      }
      if (text) result.content.unshift({ type: 'text', text });
      return result;
    },
  };
}

const toStream = <T>(parts: AsyncGenerator<T>): ReadableStream<T> =>
  new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });

async function* emit(plan: Plan, options: LanguageModelV4CallOptions): AsyncGenerator<LanguageModelV4StreamPart> {
  const signal = options.abortSignal;
  const calls = plan.calls ?? [];
  yield { type: 'stream-start', warnings: [] };
  await pause(plan.delayMs, signal);
  if (plan.reasoning) {
    yield { type: 'reasoning-start', id: 'r' };
    yield { type: 'reasoning-delta', id: 'r', delta: plan.reasoning };
    yield { type: 'reasoning-end', id: 'r' };
  }
  let sent = 0;
  if (plan.text) yield { type: 'text-start', id: 't' };
  for (const piece of piecesOf(plan)) {
    if (sent > 0) await pause(plan.pieceDelayMs, signal);
    if (plan.breakAfter !== undefined && sent + piece.length > plan.breakAfter) throw new TypeError('terminated');
    if (plan.hangAfter !== undefined && sent + piece.length > plan.hangAfter) await forever(signal);
    yield { type: 'text-delta', id: 't', delta: piece };
    sent += piece.length;
  }
  if (plan.breakAfter !== undefined) throw new TypeError('terminated');
  if (plan.hangAfter !== undefined) await forever(signal);
  if (plan.text) yield { type: 'text-end', id: 't' };
  for (const { tool, input } of calls) {
    const id = `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const json = plan.rawArguments ?? JSON.stringify(input);
    yield { type: 'tool-input-start', id, toolName: tool };
    yield { type: 'tool-input-delta', id, delta: json };
    yield { type: 'tool-input-end', id };
    yield { type: 'tool-call', toolCallId: id, toolName: tool, input: json };
  }
  const unified = calls.length > 0 ? 'tool-calls' : (plan.finish ?? 'stop');
  yield { type: 'finish', finishReason: { unified, raw: unified }, usage: countUsage(options, plan) };
}

function piecesOf({ text, pieceLength }: Plan): string[] {
  if (!pieceLength) return text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text ? [text] : []);
  return Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, i) =>
    text.slice(i * pieceLength, (i + 1) * pieceLength),
  );
}

function countUsage(
  { prompt, tools = [] }: LanguageModelV4CallOptions,
  { text, reasoning = '', calls = [], usage }: Plan,
) {
  const input = estimateTokens(JSON.stringify(prompt).length + JSON.stringify(tools).length);
  const output = estimateTokens(text.length + reasoning.length + (calls.length > 0 ? JSON.stringify(calls).length : 0));
  const told: Plan['usage'] & {} = usage === null ? {} : { inputTokens: input, outputTokens: output, ...usage };
  return {
    inputTokens: { total: told.inputTokens, noCache: told.inputTokens, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: told.outputTokens, text: told.outputTokens, reasoning: 0 },
  };
}

const pause = (ms: number | undefined, signal: AbortSignal | undefined) => {
  signal?.throwIfAborted();
  return ms ? sleep(ms, undefined, { signal }) : undefined;
};

const forever = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
