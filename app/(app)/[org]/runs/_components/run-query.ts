import type { RunStatus, RunTrigger } from '@/lib/contracts/runs';

const STATUSES: RunStatus[] = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'];
const TRIGGERS: RunTrigger[] = ['editor', 'app', 'api', 'demo', 'agent', 'link'];

/** What the query line asks for. */
export interface RunQuery {
  status: RunStatus[];
  trigger: RunTrigger[];
  /** Name or id of an agent. */
  agent: string | null;
  minCostMicros: number | null;
  text: string;
}

const TOKEN = /([a-z]+):(?:"([^"]*)"?|(\S*))|"([^"]*)"?|\S+/g;

/** Reads `status:failed agent:"Support" cost:>0.02 free text`; what is no filter is text to look for. */
export function parseRunQuery(line: string): RunQuery {
  const query: RunQuery = { status: [], trigger: [], agent: null, minCostMicros: null, text: '' };
  const text: string[] = [];
  for (const [token, key, quoted, bare, phrase] of line.matchAll(TOKEN)) {
    const value = quoted ?? bare ?? '';
    const values = value.split(',');
    const dollars = /^>=?\$?(\d+(?:\.\d+)?)$/.exec(value)?.[1];
    if (key === 'status') query.status.push(...STATUSES.filter((one) => values.includes(one)));
    else if (key === 'trigger') query.trigger.push(...TRIGGERS.filter((one) => values.includes(one)));
    else if (key === 'agent') query.agent = value || null;
    else if (key === 'cost') query.minCostMicros = dollars ? Math.round(Number(dollars) * 1_000_000) : null;
    else text.push(phrase ?? token);
  }
  query.text = text.join(' ');
  return query;
}

export interface Suggestion {
  /** What the line becomes. */
  line: string;
  label: string;
  hint: string;
}

const KEYS: [string, string][] = [
  ['status:', 'failed, running, waiting …'],
  ['agent:', 'by name'],
  ['cost:>', 'dollars, more than'],
  ['trigger:', 'editor, app, api'],
];

/** How the word being written at the end of the line can go on. */
export function suggestFor(line: string, agentNames: string[]): Suggestion[] {
  const last = /(?:^|\s)((?:[a-z]+:)?(?:"[^"]*|\S*))$/.exec(line)?.[1] ?? '';
  const head = line.slice(0, line.length - last.length);
  const [key, ...rest] = last.split(':');
  const begun = rest.join(':').replace(/^"/, '').toLowerCase();
  const complete = (value: string) => `${head}${key}:${/\s/.test(value) ? `"${value}"` : value} `;
  const values = (options: readonly string[], hint: string): Suggestion[] =>
    options
      .filter((option) => option.toLowerCase().startsWith(begun) && option.toLowerCase() !== begun)
      .map((option) => ({ line: complete(option), label: `${key}:${option}`, hint }));
  if (last.includes(':')) {
    if (key === 'status') return values(STATUSES, '');
    if (key === 'trigger') return values(TRIGGERS, '');
    if (key === 'agent') return values(agentNames, 'agent').slice(0, 8);
    if (key === 'cost') return values(['>0.001', '>0.01', '>0.1', '>1'], 'dollars');
    return [];
  }
  return KEYS.filter(([name]) => name.startsWith(last.toLowerCase())).map(([name, hint]) => ({
    line: head + name,
    label: name,
    hint,
  }));
}
