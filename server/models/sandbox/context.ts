import type { JSONSchema7, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { isCorrection } from '@/lib/structured-output';

export interface Exchange {
  /** What the person wrote. */
  question: string;
  /** What tools answered since then, in order. */
  results: { tool: string; input: unknown; output: unknown; isError: boolean }[];
  /** What the model wrote since then. */
  answer: string;
  /** How often the model has been asked since then. */
  turns: number;
}

export interface Context {
  instructions: string;
  /** Oldest first; the last is the one to answer. */
  exchanges: Exchange[];
  /** The tools on offer: their names, with the shape of their arguments. */
  tools: ReadonlyMap<string, JSONSchema7>;
  attempt: number;
  /** The shape that the answer has to have. */
  schema?: JSONSchema7;
}

/** A prompt as a conversation, which is how the sandbox models think of it. */
export function readContext({
  prompt,
  tools = [],
  responseFormat,
  providerOptions,
}: LanguageModelV4CallOptions): Context {
  const exchanges: Exchange[] = [];
  const instructions: string[] = [];
  const inputs = new Map<string, unknown>();
  for (const message of prompt) {
    const current = exchanges.at(-1);
    if (message.role === 'system') instructions.push(message.content);
    if (message.role === 'user' && !isCorrection(textOf(message.content))) {
      exchanges.push({ question: textOf(message.content), results: [], answer: '', turns: 0 });
    }
    if (message.role === 'assistant' && current) {
      current.turns += 1;
      current.answer += textOf(message.content);
      for (const part of message.content) if (part.type === 'tool-call') inputs.set(part.toolCallId, part.input);
    }
    if (message.role === 'tool' && current) {
      for (const part of message.content) {
        if (part.type !== 'tool-result') continue;
        const { output } = part;
        const value = 'value' in output ? output.value : (output.reason ?? 'denied');
        current.results.push({
          tool: part.toolName,
          input: inputs.get(part.toolCallId),
          output: value,
          isError: output.type.startsWith('error') || output.type === 'execution-denied',
        });
      }
    }
  }
  return {
    instructions: instructions.join('\n\n'),
    exchanges,
    tools: new Map(tools.map((tool) => [tool.name, 'inputSchema' in tool ? tool.inputSchema : {}])),
    schema: responseFormat?.type === 'json' ? responseFormat.schema : undefined,
    attempt: Number(providerOptions?.sandbox?.attempt ?? 0),
  };
}

const textOf = (parts: readonly { type: string }[]): string =>
  parts
    .map((part) => (part.type === 'text' && 'text' in part && typeof part.text === 'string' ? part.text : ''))
    .join('');
