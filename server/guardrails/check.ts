import { type Guard, type GuardFinding, type GuardType, PII_KINDS, PII_LABELS } from '@/lib/contracts/guardrails';
import type { CheckableSchema } from '@/lib/contracts/json-schema';
import { checkBounded } from '../bounded-check';
import { inTime, TooSlow } from '../in-time';
import { findPii } from './pii';
import { Room } from './room';

/** A text after its guards. */
export interface Checked {
  /** Without what was taken out. */
  text: string;
  findings: GuardFinding[];
  /** Set when it may not go on: what to tell whoever asked. */
  blocked?: string;
}

interface Found {
  start: number;
  end: number;
  /** What stands there instead. */
  instead: string;
}

/** An honest text is checked in a tenth of it. */
const CHECK_MS = 600;
/** Guards, or terms of them, times characters: less than this is done in a moment. */
const SMALL = 1_000_000;
export const LATE = 'its text takes too long to be checked';

interface Given {
  text: string;
  /** False for a text that is only a part of what is said: its length and its schema are not judged. */
  whole: boolean;
}

/**
 * Runs all guards but scorers on each text. When that takes too long, all of them are blocked and nothing is left of them:
 * nobody knows what would have been taken out.
 */
export function checkTexts(guards: readonly Guard[], given: readonly Given[]): Checked[] {
  const work = () => given.map((one) => checkOne(guards, one));
  const weight = guards.reduce((sum, guard) => sum + (guard.type === 'blocked_terms' ? guard.terms.length : 1), 0);
  if (weight * given.reduce((sum, { text }) => sum + text.length, 0) < SMALL) return work();
  try {
    return inTime(CHECK_MS, work);
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error;
    const guard = guards[0]?.type ?? 'length';
    return given.map(() => ({ text: '', findings: [{ guard, action: 'blocked', detail: LATE }], blocked: LATE }));
  }
}

export const checkText = (guards: readonly Guard[], text: string, { whole = true } = {}): Checked =>
  checkTexts(guards, [{ text, whole }])[0] as Checked;

/** In their order, each on what the one before left. */
function checkOne(guards: readonly Guard[], { text, whole }: Given): Checked {
  let left = text;
  const findings: GuardFinding[] = [];
  const block = (guard: GuardType, detail: string): Checked => {
    findings.push({ guard, action: 'blocked', detail });
    return { text: left, findings, blocked: detail };
  };
  for (const guard of guards) {
    if (guard.type === 'scorer' || (!whole && (guard.type === 'length' || guard.type === 'schema'))) continue;
    if (guard.type === 'length') {
      if (left.length > guard.max) return block('length', `${left.length} characters, ${guard.max} are allowed`);
    } else if (guard.type === 'schema') {
      const problem = unfit(guard.schema, left);
      if (problem) return block('schema', problem);
    } else {
      const { found, detail } = guard.type === 'pii' ? pii(guard, left) : terms(guard, left);
      if (found.length === 0) continue;
      left = without(left, found);
      if (guard.action === 'block') return block(guard.type, detail);
      findings.push({ guard: guard.type, action: 'redacted', detail });
    }
  }
  return { text: left, findings };
}

function pii({ kinds, region }: Extract<Guard, { type: 'pii' }>, text: string) {
  const all = findPii(text, kinds, region);
  const counted = PII_KINDS.flatMap((kind) => {
    const count = all.filter((one) => one.kind === kind).length;
    return count === 0 ? [] : [`${count} ${PII_LABELS[kind][count === 1 ? 0 : 1]}`];
  });
  const found = all.map(({ kind, start, end }) => ({ start, end, instead: `[${PII_LABELS[kind][0]}]` }));
  return { found, detail: counted.join(', ') };
}

/** Whole words, however they are written: case, accents and width apart. */
function terms({ terms: blocked }: Extract<Guard, { type: 'blocked_terms' }>, text: string) {
  const { folded, at } = fold(text);
  // Few texts have any of them.
  let nextWord: Uint32Array | undefined;
  const behind = (at: number) => {
    nextWord ??= beginnings(folded);
    return nextWord[at];
  };
  const found: Found[] = [];
  const room = new Room(text.length);
  for (const wanted of new Set(blocked.map((term) => fold(term.trim()).folded))) {
    for (let from = folded.indexOf(wanted); from !== -1 && wanted; from = folded.indexOf(wanted, behind(from))) {
      const isWord = !isLetter(folded[from - 1]) && !isLetter(folded[from + wanted.length]);
      const start = at[from] ?? 0;
      const end = at[from + wanted.length] ?? text.length;
      if (isWord && room.take(start, end)) found.push({ start, end, instead: '[removed]' });
    }
  }
  found.sort((a, b) => a.start - b.start);
  return { found, detail: found.length === 1 ? 'a blocked term' : `${found.length} blocked terms` };
}

const isLetter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** After each unit, the next one that a word can begin with: the one behind a letter cannot. */
function beginnings(folded: string): Uint32Array {
  const next = new Uint32Array(folded.length);
  for (let at = folded.length - 1, begins = folded.length; at >= 0; at -= 1) {
    if (!isLetter(folded[at])) begins = at + 1;
    next[at] = begins;
  }
  return next;
}

/** The text as it is compared, white space as one space, and where each of its units was in the original. */
function fold(text: string): { folded: string; at: number[] } {
  let folded = '';
  const at: number[] = [];
  let position = 0;
  let afterSpace = false;
  for (const character of text) {
    const isPlain = character < '\u0080';
    const plain = (isPlain ? character : character.normalize('NFKD').replace(/\p{M}|\p{Cf}/gu, '')).toLowerCase();
    const isSpace = isPlain ? plain <= ' ' : plain !== '' && plain.trim() === '';
    if (!(isSpace && afterSpace)) {
      for (let unit = 0; unit < plain.length; unit += 1) at.push(position);
      folded += isSpace ? ' ' : plain;
    }
    if (plain !== '') afterSpace = isSpace;
    position += character.length;
  }
  at.push(position);
  return { folded, at };
}

function without(text: string, found: readonly Found[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, instead } of found) {
    result += text.slice(from, start) + instead;
    from = end;
  }
  return result + text.slice(from);
}

/** Why a text does not fit a schema; undefined when it does. */
function unfit(schema: CheckableSchema, text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return 'not JSON';
    throw error;
  }
  const parsed = checkBounded(schema, value);
  const [issue] = parsed.error?.issues ?? [];
  return issue && `${issue.path.join('.') || 'the whole'}: ${issue.message}`;
}
