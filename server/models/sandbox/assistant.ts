import { type Context, type Exchange, readContext } from './context';
import { fillSchema, HOW_IT_WAS_FILLED } from './fill-schema';
import { report } from './report';
import { findRequests } from './requests';
import { type Plan, type PlannedCall, sandboxModel } from './stream';
import { isNamed } from './tasks';

const WHAT_A_TOOL_IS_FOR = new Map([
  ['calculator', 'work that out'],
  ['current_time', 'tell the time'],
  ['http_request', 'call that address'],
  ['ask_human', 'ask somebody'],
]);
const PIECE_DELAY_MS = 4;

/**
 * `sandbox/assistant`: plans by simple rules and really uses the tools it is given. Arithmetic, also in words, goes to
 * the calculator, questions about time to the clock, addresses are called, "ask Anna whether …" asks a person; several
 * of these in one sentence are called in parallel. Other tools are called when the message names them. What it cannot do it says, and that it is no language model.
 */
export const assistant = sandboxModel('assistant', (options) => {
  const context = readContext(options);
  return { pieceDelayMs: PIECE_DELAY_MS, ...plan(context) };
});

function plan(context: Context): Plan {
  const current = context.exchanges.at(-1);
  if (!current) return { text: 'There is no question to answer.' };
  if (current.results.length > 0) return answerAs(context, current, report(current.results));
  const wanted = findRequests(context);
  const calls = wanted.filter(({ tool }) => context.tools.has(tool));
  if (calls.length > 0) return { text: '', calls };
  return answerAs(context, current, wanted.length > 0 ? missingTools(wanted) : withoutTools(current.question, context));
}

const answerAs = ({ schema }: Context, exchange: Exchange, text: string): Plan =>
  schema
    ? { text: JSON.stringify(fillSchema(schema, exchange, text), null, 2), reasoning: HOW_IT_WAS_FILLED }
    : { text };

function missingTools(wanted: PlannedCall[]): string {
  const names = [...new Set(wanted.map(({ tool }) => tool))];
  const purposes = names.map((name) => WHAT_A_TOOL_IS_FOR.get(name) ?? 'do that');
  return `To ${purposes.join(' and to ')} I would need ${names.map((name) => `\`${name}\``).join(' and ')}, which this agent does not have. Add it to the agent's tools and ask again.`;
}

function withoutTools(question: string, { instructions, tools, exchanges }: Context): string {
  const isGreeting = /^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|moin|hallo)\b/i.test(question);
  const isThanks = /^\W*(?:thanks|thank you|thx|great|perfect)\b/i.test(question);
  if (isThanks) return "You're welcome. (This is the sandbox model: simple rules, no language model.)";
  const can = [
    tools.has('calculator') && 'work out “17 % of 2,499”',
    tools.has('current_time') && 'tell the time in Tokyo',
    (tools.has('http_request') || tools.has('fetch_page')) && 'read a web address',
    tools.has('web_search') && 'search the web for something',
    tools.has('code_interpreter') && 'run a program that you write between ```js and ```',
    tools.has('ask_human') && 'ask a person',
    ...[...tools.keys()].filter(isNamed).map((name) => `use \`${name}\` when you name it`),
  ].filter(Boolean);
  return [
    isGreeting ? 'Hello! I am the **sandbox model**.' : 'This is the **sandbox model** answering.',
    'I follow simple rules and am no language model, so I cannot judge or write freely.',
    isGreeting ? '' : `You ${exchanges.length > 1 ? 'now ' : ''}asked: “${short(question, 200)}”.`,
    instructions ? `My instructions begin: “${short(instructions, 120)}”.` : '',
    can.length > 0 ? `With my tools I can ${can.join(', ')}.` : 'This agent has no tools I could use.',
    'For real answers choose another model; add its key under settings, providers.',
  ]
    .filter(Boolean)
    .join(' ');
}

const short = (text: string, max: number): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > max ? `${line.slice(0, max).toWellFormed()}…` : line;
};
