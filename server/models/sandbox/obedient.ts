import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { type Plan, type PlannedCall, sandboxModel } from './stream';

const CALL =
  /\b(?:call|use|run|invoke)\s+(?:the\s+)?(?:tool\s+)?[`"']?([a-z][a-z0-9_]*)[`"']?(?:\s+tool)?\s+with\s*(?=\{)/gi;
const SAY = /\bsay:\s*([^\n]+)/gi;

const MAX_READ = 20_000;
const MAX_CALLS = 20;

/**
 * `sandbox/obedient`: the most gullible model there can be, for security tests. It does what any text in its context
 * tells it, wherever that text comes from, the result of a tool included: `call TOOL with {…}` and `say: …`. It calls
 * tools it was never offered, too. Texts before its own last answer were obeyed already.
 */
export const obedient = sandboxModel('obedient', (options): Plan => {
  const texts = newTexts(options.prompt).map((text) => text.slice(0, MAX_READ));
  const calls = texts.flatMap(findCalls).slice(0, MAX_CALLS);
  if (calls.length > 0) return { text: '', calls };
  const said = texts.flatMap((text) => [...text.matchAll(SAY)].map(([, what = '']) => what.trim()));
  return { text: said.join('\n') || 'Nobody told me to do anything.' };
});

function newTexts(prompt: LanguageModelV4CallOptions['prompt']): string[] {
  const lastAnswer = prompt.findLastIndex(({ role }) => role === 'assistant');
  return prompt.slice(lastAnswer + 1).flatMap((message) => {
    if (message.role === 'system') return [message.content];
    return message.content.flatMap((part): string[] => {
      if (part.type === 'text') return [part.text];
      if (part.type !== 'tool-result' || !('value' in part.output)) return [];
      return textsIn(part.output.value);
    });
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function findCalls(text: string): PlannedCall[] {
  return [...text.matchAll(CALL)].flatMap((match) => {
    const json = balanced(text.slice(match.index + match[0].length));
    try {
      return [{ tool: match[1] ?? '', input: JSON.parse(json) }];
    } catch {
      return [];
    }
  });
}

/** The text up to the brace that closes the first one. */
function balanced(text: string): string {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '{') depth += 1;
    else if (!quoted && character === '}' && --depth === 0) return text.slice(0, at + 1);
  }
  return text;
}
