import { evaluate } from '../../tools/arithmetic';
import type { Context, Exchange } from './context';
import { findZones } from './places';
import type { PlannedCall } from './stream';
import { fileIn, namedIn, programFor, programIn, searchesIn } from './tasks';
import { findExpressions, inSymbols } from './wording';

/** Patterns take a time that grows with the square of what they read. */
const MAX_READ = 4_000;
const URL_PATTERN = /https?:\/\/[^\s<>"'`\])}]+/gi;
const ABOUT_TIME =
  /\b(?:what(?:'s| is)? (?:the )?(?:current |local |exact )?(?:time|date|day|weekday)|what day|which day|how late|today'?s date|(?:current|local) (?:time|date)|time (?:is it|in|now)|date today|(?:time|date) (?:and|or) (?:time|date)|day is (?:it|today)|time of day|tell me the (?:time|date))\b/i;
const ASK =
  /\bask\s+(?:the |a |an |my |our )?(me|us|human|person|user|someone|somebody|operator|team|boss|manager|colleague|[A-Z]\p{L}+)\s+(whether|if|for|about|to|what|which|who|when|where|why|how)\s+([^.?!\n]+)/giu;
const POINTS_BACK = /\b(?:that|it|this|the (?:result|answer|number|total))\b/gi;

const works = (expression: string): boolean => {
  try {
    return evaluate(expression) !== '';
  } catch {
    return false;
  }
};

/** The tool calls that what the person wrote asks for, tools on offer or not. */
export function findRequests({ exchanges, tools }: Context): PlannedCall[] {
  const question = (exchanges.at(-1)?.question ?? '').slice(0, MAX_READ);
  // What is to be run or written says nothing else.
  const work = tools.has('code_interpreter') ? programIn(question) : undefined;
  const file = tools.has('write_file') ? fileIn(question) : undefined;
  if (work || file) return [work ?? file].filter((call) => call !== undefined);
  const earlier = exchanges.slice(0, -1);
  const urls = [...question.matchAll(URL_PATTERN)].map(([url]) => url.replace(/[.,;:!?]+$/, ''));
  const asks = [...question.matchAll(ASK)];
  const rest = question.replace(URL_PATTERN, ' ').replace(ASK, ' ');
  return [
    ...[...new Set(urls)].map((url) => ({
      tool: tools.has('fetch_page') && !tools.has('http_request') ? 'fetch_page' : 'http_request',
      input: { url },
    })),
    ...asks.map(([, who = '', how = '', what = '']) => ({
      tool: 'ask_human',
      input: { question: phrase(who, how, what.trim()) },
    })),
    ...(tools.has('web_search') ? searchesIn(rest) : []),
    ...timeRequests(rest, earlier),
    ...findExpressions(withEarlierResult(rest, earlier), works).map(
      (expression) =>
        (!tools.has('calculator') && tools.has('code_interpreter') && programFor(expression)) || {
          tool: 'calculator',
          input: { expression },
        },
    ),
    ...namedIn(question, tools),
  ].slice(0, 8);
}

function timeRequests(text: string, earlier: Exchange[]): PlannedCall[] {
  const zones = findZones(text);
  const goesOn = zones.length > 0 && earlier.at(-1)?.results.some(({ tool }) => tool === 'current_time');
  if (!ABOUT_TIME.test(text) && !(goesOn && text.length < 60)) return [];
  return (zones.length > 0 ? zones : ['UTC']).map((timeZone) => ({ tool: 'current_time', input: { timeZone } }));
}

/** "And half of that?": puts the number the conversation is about in place of the word that points at it. */
function withEarlierResult(text: string, earlier: Exchange[]): string {
  const number = lastNumber(earlier);
  if (!number) return text;
  const pointed = text.replace(POINTS_BACK, number);
  if (findExpressions(pointed, works).length > 0 && pointed !== text) return pointed;
  const goesOn = /^\W*(?:and|now|then|so|ok|okay|what about)?\W*([-+*/^].*)$/is.exec(inSymbols(text))?.[1];
  return goesOn ? `${number} ${goesOn}` : text;
}

function lastNumber(earlier: Exchange[]): string | undefined {
  for (const { results, answer } of earlier.toReversed()) {
    const result = results.findLast(({ tool, isError }) => tool === 'calculator' && !isError)?.output;
    if (result && typeof result === 'object' && 'result' in result) return String(result.result);
    const written = answer
      .slice(-MAX_READ)
      .match(/-?\d[\d,]*(?:\.\d+)?/g)
      ?.at(-1);
    if (written) return written.replaceAll(',', '');
  }
  return undefined;
}

function phrase(who: string, how: string, what: string): string {
  const to = /^\p{Lu}/u.test(who) ? `${who}, ` : '';
  const start = (text: string) => (to ? `${to}${text}` : `${text.charAt(0).toUpperCase()}${text.slice(1)}`);
  switch (how.toLowerCase()) {
    case 'whether':
    case 'if':
      return start(`please say whether ${what}.`);
    case 'for':
      return start(`please give me ${what}.`);
    case 'about':
      return start(`what about ${what}?`);
    case 'to':
      return start(`please ${what}.`);
    default:
      return start(`${how.toLowerCase()} ${what}?`);
  }
}
