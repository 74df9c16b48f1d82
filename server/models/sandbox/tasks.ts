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
