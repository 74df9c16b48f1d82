import type { JsonValue } from '@/lib/contracts/json';
import type { SpanPayload } from '@/lib/contracts/runs';

const LABELS: Record<string, string> = {
  calculator: 'Calculator',
  current_time: 'Current time',
  http_request: 'HTTP request',
  ask_human: 'Question to a person',
  web_search: 'Web search',
  fetch_page: 'Fetch a page',
  rest_get: 'REST: read',
  rest_call: 'REST: call',
  database_query: 'Database query',
  database_write: 'Database write',
  mongo_query: 'MongoDB query',
  salesforce_query: 'Salesforce query',
  storage_read: 'Storage: read',
  storage_write: 'Storage: write',
};

/** A model may call what there is no tool of: `constructor` is one of these. */
export const toolLabel = (name: string): string => (Object.hasOwn(LABELS, name) && LABELS[name]) || name;

const field = (value: JsonValue | null | undefined, key: string): string | undefined => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const found = value[key];
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
};

/** The result a tool handed to the model, out of what its span holds. */
export function toolResult(
  payload: SpanPayload | undefined,
): { value: JsonValue; isError: boolean; editedBy?: string } | undefined {
  const held = payload?.output;
  if (held === null || held === undefined) return undefined;
  if (typeof held !== 'object' || Array.isArray(held) || !('output' in held)) return { value: held, isError: false };
  // Whoever approved the call with other arguments than the model gave.
  const editedBy = held.edited ? (field(held.edited, 'by') ?? 'a person') : undefined;
  return { value: held.output ?? null, isError: held.isError === true, editedBy };
}

/** What a tool call did, in one line; the tool's name while that is not known. */
export function toolSentence(name: string, payload: SpanPayload | undefined): string {
  const input = payload?.input;
  const output = toolResult(payload)?.value;
  switch (name) {
    case 'calculator': {
      const expression = field(input, 'expression');
      const result = field(output, 'result');
      if (!expression) break;
      return result ? `Calculated ${expression} = ${result}` : `Calculating ${expression}`;
    }
    case 'current_time': {
      const zone = field(output, 'timeZone') ?? field(input, 'timeZone');
      const time = field(output, 'time');
      if (!zone) break;
      return time ? `Looked up the time in ${zone}: ${time}` : `Looking up the time in ${zone}`;
    }
    case 'http_request': {
      const url = field(input, 'url');
      const status = field(output, 'status');
      if (!url) break;
      return `${field(input, 'method') ?? 'GET'} ${url}${status ? ` → ${status}` : ''}`;
    }
    case 'ask_human': {
      const question = field(input, 'question');
      if (question) return `Asked: ${question}`;
    }
  }
  return toolLabel(name);
}
