import type { FrozenSpec } from './contracts/agents';
import type { PartialTexts } from './contracts/partials';

/** Partials may include each other so deep; what an agent includes itself is 1. */
const MAX_DEPTH = 5;
/** Characters of a text with all that it includes. */
export const MAX_EXPANDED_LENGTH = 200_000;

/** Whatever stands as a name counts, so that a misspelt one is told. */
const INCLUDE = /\{\{>([^{}]*)\}\}/g;

/** The names a text includes, each once. */
export const includedNames = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(INCLUDE), ([, inside = '']) => inside.trim())),
];

/** Why a text cannot be expanded, and the names on the way to where. */
export interface PartialProblem {
  reason: 'unknown' | 'cycle' | 'deep' | 'long';
  path: readonly string[];
}

interface Expanded {
  text: string;
  /** How deep partials are in it. */
  depth: number;
}

/**
 * A text with `texts` in place of what includes them. Variables stay as they are: their values are filled in afterwards,
 * so that no value can include anything. Takes time in proportion to what comes out.
 */
export function expandPartials(text: string, texts: PartialTexts): { text: string } | PartialProblem {
  const done = new Map<string, Expanded>();

  function expand(source: string, path: readonly string[]): Expanded | PartialProblem {
    let result = '';
    let depth = 0;
    let end = 0;
    for (const { 0: whole, 1: inside = '', index } of source.matchAll(INCLUDE)) {
      const part = include(inside.trim(), path);
      if ('reason' in part) return part;
      depth = Math.max(depth, part.depth + 1);
      result += source.slice(end, index) + part.text;
      end = index + whole.length;
      if (result.length > MAX_EXPANDED_LENGTH) return { reason: 'long', path };
    }
    result += source.slice(end);
    return result.length > MAX_EXPANDED_LENGTH ? { reason: 'long', path } : { text: result, depth };
  }

  function include(name: string, above: readonly string[]): Expanded | PartialProblem {
    const path = [...above, name];
    const source = Object.hasOwn(texts, name) ? texts[name] : undefined;
    if (source === undefined) return { reason: 'unknown', path };
    if (above.includes(name)) return { reason: 'cycle', path };
    if (path.length > MAX_DEPTH) return { reason: 'deep', path };
    const part = done.get(name) ?? expand(source, path);
    if ('reason' in part) return part;
    if (path.length + part.depth > MAX_DEPTH) return { reason: 'deep', path };
    done.set(name, part);
    return part;
  }

  return expand(text, []);
}

/** What an agent is told, before variables are filled in. What cannot be expanded stays, so that the mistake is seen. */
export function expandedInstructions({ instructions, partials = {} }: FrozenSpec): string {
  const expanded = expandPartials(instructions, partials);
  return 'reason' in expanded ? instructions : expanded.text;
}

const shown = (name: string): string => (name.length > 63 ? `${name.slice(0, 63)}…` : name);

/** What is wrong and what to do; `where` is the text at which the path begins. */
export function explainProblem({ reason, path }: PartialProblem, where: string): string {
  const names = path.map(shown);
  const last = names.at(-1) ?? '';
  const holder = names.at(-2) ?? where;
  switch (reason) {
    case 'unknown':
      return `There is no partial “${last}”. Make it under Agents, Partials, or take {{> ${last}}} out of ${holder}.`;
    case 'cycle':
      return `The partial ${last} would include itself: ${names.slice(names.indexOf(last)).join(' › ')}. Take {{> ${last}}} out of ${holder}.`;
    case 'deep':
      return `Partials include each other at most ${MAX_DEPTH} deep; this goes deeper: ${names.join(' › ')}. Write the text of ${last} into ${holder}.`;
    case 'long':
      return `With its partials ${last || where} has more than ${MAX_EXPANDED_LENGTH.toLocaleString('en')} characters. Include less, or shorten a partial.`;
  }
}
