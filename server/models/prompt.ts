import type {
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';
import type { ModelSpanInput, TranscriptMessage } from '@/lib/contracts/runs';

type Prompt = LanguageModelV4Prompt[number];
type ToolMessage = Extract<TranscriptMessage, { role: 'tool' }>;

/** A transcript in the shape the SDK's models take. Results that follow each other become one message, as they were called. */
export function toPrompt(messages: readonly TranscriptMessage[]): LanguageModelV4Prompt {
  const prompt: Prompt[] = [];
  for (const message of messages) {
    const last = prompt.at(-1);
    if (message.role === 'tool' && last?.role === 'tool') last.content.push(toResult(message));
    else prompt.push(...toMessages(message));
  }
  return prompt;
}

function toMessages(message: TranscriptMessage): Prompt[] {
  switch (message.role) {
    case 'system':
      return message.content ? [{ role: 'system', content: message.content }] : [];
    case 'user':
      return [{ role: 'user', content: [{ type: 'text', text: message.content }] }];
    case 'tool':
      return [{ role: 'tool', content: [toResult(message)] }];
    case 'assistant': {
      // Reasoning is not sent back: providers want it with a signature of theirs, or not at all.
      const text = message.content ? [{ type: 'text' as const, text: message.content }] : [];
      const calls = message.toolCalls.map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: name,
        input,
      }));
      return text.length + calls.length > 0 ? [{ role: 'assistant', content: [...text, ...calls] }] : [];
    }
  }
}

function toResult({ toolCallId, name, output, isError }: ToolMessage): LanguageModelV4ToolResultPart {
  const text = typeof output === 'string';
  const type = isError ? (text ? 'error-text' : 'error-json') : text ? 'text' : 'json';
  return {
    type: 'tool-result',
    toolCallId,
    toolName: name,
    output: { type, value: output } as LanguageModelV4ToolResultPart['output'],
  };
}

/** `strict: false` because OpenAI would else demand that every argument be required; arguments are checked here anyway. */
export const toFunctionTools = (
  tools: ModelSpanInput['tools'],
  strict: false | undefined,
): LanguageModelV4FunctionTool[] =>
  tools.map(({ name, description, inputSchema }) => ({
    type: 'function',
    name,
    description,
    inputSchema: inputSchema as LanguageModelV4FunctionTool['inputSchema'],
    strict,
  }));
