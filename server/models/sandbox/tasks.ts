import type { JSONSchema7 } from '@ai-sdk/provider';
import { fillSchema } from './fill-schema';
import type { PlannedCall } from './stream';

/** A program between fences of JavaScript: to be run as it is. */
export function programIn(question: string): PlannedCall | undefined {
  const code = /```(?:js|javascript)\n([\s\S]+?)\n```/i.exec(question)?.[1];
  return code ? { tool: 'code_interpreter', input: { code } } : undefined;
}

/** "Write to week.md: …": a file with what follows the colon. */
export function fileIn(question: string): PlannedCall | undefined {
  const [, name, content] =
    /^\W*(?:write|save)\s+(?:this\s+|it\s+)?(?:to|as|into)\s+([\w-]+\.\w{1,8})\s*:\s*([\s\S]+)$/i.exec(
      question.trim(),
    ) ?? [];
  return name && content ? { tool: 'write_file', input: { name, content } } : undefined;
}

/** "Search the web for …", "look up … on the web". */
export function searchesIn(text: string): PlannedCall[] {
  const query = /\bsearch\s+(?:the\s+)?(?:web|internet|net)\s+for\s+([^.?!\n]{3,200})/i.exec(text)?.[1]?.trim();
  return query ? [{ tool: 'web_search', input: { query } }] : [];
}

/** Arithmetic that reads the same in JavaScript: a program, where there is no calculator. */
export const programFor = (expression: string): PlannedCall | undefined =>
  /^[\d\s.+\-*/()]+$/.test(expression)
    ? { tool: 'code_interpreter', input: { code: `return ${expression};` } }
    : undefined;

/** What is asked for in other words than its name. */
const HAVE_WORDS: ReadonlySet<string> = new Set([
  ...['calculator', 'current_time', 'code_interpreter', 'web_search', 'fetch_page', 'http_request'],
  ...['write_file', 'ask_human'],
]);

/** Asked for by its name. */
export const isNamed = (tool: string): boolean => !HAVE_WORDS.has(tool);

/**
 * Other tools that the message names, as in "order status of 7" for `order_status`: their arguments are filled as an answer is,
 * by the names of the fields and the numbers of the message, and with what follows the name.
 */
export function namedIn(question: string, tools: ReadonlyMap<string, JSONSchema7>): PlannedCall[] {
  return [...tools].flatMap(([tool, schema]) => {
    const words = tool.split('__').at(-1)?.split('_').join('[\\s_-]+');
    const named =
      isNamed(tool) && new RegExp(`\\b${words}\\b\\W*(?:(?:of|for|about|with|in|on|to)\\b)?(.*)`, 'isu').exec(question);
    if (!named) return [];
    const rest = named[1]?.replace(/[?!.\s]+$/, '').trim() || question;
    return [{ tool, input: fillSchema(schema, { question, results: [], answer: '', turns: 0 }, rest) }];
  });
}
