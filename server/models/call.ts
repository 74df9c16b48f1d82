import type { ModelParameters } from '@/lib/contracts/models';
import type { ModelSpanInput, TranscriptMessage, Usage } from '@/lib/contracts/runs';
import type { ResolvedModel } from './resolved';

export interface ModelCall {
  resolved: ResolvedModel;
  messages: readonly TranscriptMessage[];
  tools: ModelSpanInput['tools'];
  parameters: ModelParameters;
  signal: AbortSignal;
  /** Called with every piece of text of the answer, as it comes. */
  onDelta?: (text: string) => void;
  timeouts?: Partial<ModelTimeouts>;
  /** Which attempt at this step it is, 0 the first: only sandbox/scripted reads it. */
  attempt?: number;
}

export interface ModelTimeouts {
  /** To reach the provider. */
  connectMs: number;
  /** From the start to the first part of the answer. */
  firstTokenMs: number;
  /** Between two parts. */
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

/**
 * One streamed call of a model. Executes no tool and tries only once.
 * @throws Upstream for every failure of the provider, with `reason`, `retriable` and `retryAfterMs`; the reason of
 * `signal` when it is aborted.
 */
export async function callModel(_call: ModelCall): Promise<ModelAnswer> {
  throw new Error('under construction');
}
