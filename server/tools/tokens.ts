import { Invalid } from '../errors';

export interface Token {
  type: 'number' | 'name' | 'symbol' | 'end';
  text: string;
  /** Where it begins, from 0. */
  at: number;
}

const ALIASES = new Map([
  ['×', '*'],
  ['·', '*'],
  ['⋅', '*'],
  ['÷', '/'],
  ['−', '-'],
  ['–', '-'],
  ['**', '^'],
  ['π', 'pi'],
  ['√', 'sqrt'],
]);
/** 1,234,567.89: in groups of three, where a comma cannot separate arguments. */
const GROUPED = /\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?(?!\w)/y;
const NUMBER = /(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:e[+-]?\d+)?(?!\w)/iy;
const NAME = /[a-z]\w*|π|√/iy;
const SYMBOL = /\*\*|[-+*/^%(),×·⋅÷−–]/y;

/** Cuts an arithmetic expression into tokens. @throws Invalid that names the place of what belongs to none. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  /** For every open parenthesis: is it that of a function, where a comma separates? */
  const calls: boolean[] = [];
  const match = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.exec(expression)?.[0];
  };
  for (let at = 0; at < expression.length; ) {
    if (/\s/.test(expression[at] ?? '')) {
      at += 1;
      continue;
    }
    const number = (calls.at(-1) ? undefined : match(GROUPED, at)) ?? match(NUMBER, at);
    const name = number === undefined ? match(NAME, at) : undefined;
    const text = number ?? name ?? match(SYMBOL, at);
    if (text === undefined)
      throw new Invalid(`Cannot read ${JSON.stringify(expression.slice(at, at + 12))} at position ${at + 1}.`);
    if (text === '(') calls.push(tokens.at(-1)?.type === 'name');
    if (text === ')') calls.pop();
    const plain = ALIASES.get(text) ?? text.toLowerCase();
    if (number !== undefined) tokens.push({ type: 'number', text: number.replace(/[,_]/g, ''), at });
    else tokens.push({ type: name === undefined ? 'symbol' : 'name', text: plain, at });
    at += text.length;
  }
  tokens.push({ type: 'end', text: '', at: expression.length });
  return tokens;
}
