import type { JSONSchema7, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { AgentOutput } from '@/lib/contracts/agent-output';
import type { ModelParameters } from '@/lib/contracts/models';
import type { ModelSpanInput, TranscriptMessage, Usage } from '@/lib/contracts/runs';
import { costMicros } from '@/lib/prices';
import { Upstream } from '../errors';
import { orAborted, readerOf } from '../http/or-aborted';
import { AnswerBuilder } from './answer';
import { toUpstream } from './failures';
import { toFunctionTools, toPrompt } from './prompt';
import type { ResolvedModel } from './resolved';
import { uncountedEnd } from './uncounted-end';
import { readUsage } from './usage';

export interface ModelCall {
  resolved: ResolvedModel;
  messages: readonly TranscriptMessage[];
  tools: ModelSpanInput['tools'];
  parameters: ModelParameters;
  /** The shape of the final answer, for providers that can keep to one. */
  output?: AgentOutput;
  signal: AbortSignal;
  /** Called with every piece of text of the answer, as it comes; together they are `message.content`. */
  onDelta?: (text: string) => void;
  timeouts?: Partial<ModelTimeouts>;
  /** Told how much had come when the call failed: what was said is paid for. */
  onFailure?: (characters: number) => void;
  /** Which attempt at this step it is, 0 the first: only sandbox/scripted reads it. */
  attempt?: number;
}

export interface ModelTimeouts {
  /** From the start to the first piece of the answer. (A connection is given up after 10 s anyway.) */
  firstTokenMs: number;
  /** Between two pieces. */
  idleMs: number;
}

export interface ModelAnswer {
  message: Extract<TranscriptMessage, { role: 'assistant' }>;
  /** stop, length, tool-calls, content-filter or other */
  finishReason: string;
  usage: Usage;
  /** The provider told no usable numbers: counted from the characters, four to a token. */
  usageEstimated: boolean;
  /** Micro-dollars, rounded up; 0 when the price is not known. */
  costMicros: number;
  startedAt: Date;
  firstTokenAt: Date | null;
  endedAt: Date;
  /** From sending the request to the end of the answer. */
  providerMs: number;
}

const TIMEOUTS: ModelTimeouts = { firstTokenMs: 120_000, idleMs: 60_000 };

/**
 * One streamed call of a model. Executes no tool and tries only once.
 * @throws Upstream for every failure of the provider, with `reason`, `retriable` and `retryAfterMs`; the reason of
 * `signal` when it is aborted.
 */
export async function callModel(call: ModelCall): Promise<ModelAnswer> {
  const { resolved, signal, onDelta } = call;
  signal.throwIfAborted();
  const timeouts = { ...TIMEOUTS, ...call.timeouts };
  const watch = new Watch(signal, resolved.model);
  const answer = new AnswerBuilder();
  const startedAt = new Date();
  const started = performance.now();
  let firstTokenAt: Date | null = null;
  try {
    watch.expect('its first piece', timeouts.firstTokenMs);
    const { stream } = await orAborted(request(call, watch.signal), watch.signal);
    const read = readerOf(stream, watch.signal);
    for (;;) {
      const { done, value: part } = await read();
      if (done) break;
      if (part.type === 'error') {
        const end = uncountedEnd(part.error, resolved.provider);
        if (!end) throw part.error;
        answer.add(end);
        break;
      }
      if (isPiece(part)) {
        firstTokenAt ??= new Date();
        watch.expect('the next piece', timeouts.idleMs);
      }
      const text = answer.add(part);
      if (text) onDelta?.(text);
    }
    checkFinish(answer);
    const { message, finish, characters } = {
      message: answer.message(),
      finish: answer.finish,
      characters: answer.characters,
    };
    const { usage, estimated } = readUsage(finish?.usage, { input: charactersSent(call), output: characters });
    return {
      message,
      finishReason: finish?.finishReason.unified ?? 'other',
      usage,
      usageEstimated: estimated,
      costMicros: resolved.price ? costMicros(resolved.price, usage) : 0,
      startedAt,
      firstTokenAt,
      endedAt: new Date(),
      providerMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    call.onFailure?.(answer.characters);
    signal.throwIfAborted();
    throw watch.timeout ?? toUpstream(error, resolved);
  } finally {
    watch.stop();
  }
}

async function request(
  { resolved, messages, tools, parameters, output, attempt = 0 }: ModelCall,
  abortSignal: AbortSignal,
) {
  return resolved.language.doStream({
    prompt: toPrompt(messages),
    tools: tools.length > 0 ? toFunctionTools(tools, speaksResponses(resolved) ? false : undefined) : undefined,
    ...parameters,
    responseFormat: output && { type: 'json', ...output, schema: output.schema as JSONSchema7 },
    abortSignal,
    // Not strict: OpenAI would else demand that every field be required; the answer is checked here anyway.
    providerOptions: { openai: TO_OPENAI, azure: TO_OPENAI, sandbox: { attempt } },
  });
}

/** What an agent is told and says is not for the provider to keep. */
const TO_OPENAI = { store: false, strictJsonSchema: false };

const speaksResponses = ({ provider }: ResolvedModel): boolean => provider === 'openai' || provider === 'azure';

/** What a call cost that broke off after so many characters, arguments of tools and reasoning included. */
export function estimateCall(call: ModelCall, characters: number): Pick<ModelAnswer, 'usage' | 'costMicros'> {
  const { usage } = readUsage(undefined, { input: charactersSent(call), output: characters });
  return { usage, costMicros: call.resolved.price ? costMicros(call.resolved.price, usage) : 0 };
}

const isPiece = ({ type }: LanguageModelV4StreamPart): boolean => /^(text|reasoning|tool)-/.test(type);

function checkFinish({ finish }: AnswerBuilder): void {
  const { unified: reason, raw } = finish?.finishReason ?? {};
  // Some clients say `other`, and no word of the provider's, where the stream ended before its end.
  const isCut = reason === 'error' || reason === 'interrupted' || (reason === 'other' && raw === undefined);
  if (reason && !isCut) return;
  throw new Upstream('The provider broke off before the end of its answer. Try again.', {
    reason: 'provider_broken_answer',
    retriable: true,
  });
}

const charactersSent = ({ messages, tools }: ModelCall): number =>
  JSON.stringify(messages).length + JSON.stringify(tools).length;

/** One for all: without a reason, each abort makes an error with its stack. */
const LET_GO = new DOMException('The answer is read.', 'AbortError');

/** Aborts the provider's work when the caller does, or when what is expected does not come in time. */
class Watch {
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  timeout: Upstream | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly outer: AbortSignal,
    private readonly model: string,
  ) {
    outer.addEventListener('abort', this.forward, { once: true });
  }

  private readonly forward = () => this.controller.abort(this.outer.reason);

  /** Starts the clock anew. A timer is only touched again where it can be, for there are many pieces. */
  expect(what: string, ms: number): void {
    if (this.what === what) return void this.timer?.refresh();
    this.what = what;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timeout = new Upstream(
        `${this.model}: the provider did not send ${what} within ${ms / 1_000} s. Try again later.`,
        {
          reason: 'provider_timeout',
          retriable: true,
        },
      );
      this.controller.abort(this.timeout);
    }, ms);
  }
  private what: string | undefined;

  /** Lets go of everything; a request still under way is aborted, so that nobody pays for what nobody reads. */
  stop(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.forward);
    this.controller.abort(LET_GO);
  }
}
