import type { JsonValue } from '@/lib/contracts/json';
import { toStorableText } from '@/lib/contracts/text';
import { Invalid } from '../../errors';

// Control characters but newline and tab, and what is not seen: it could say to a model what no person reads.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;
const MAX_DEPTH = 30;

/** Text of a server as people see it, cut to `max` characters. */
export function plainText(text: string, max: number): string {
  const seen = toStorableText(text.replace(/\r\n?/g, '\n'))
    .replace(UNSEEN, (one) => (one === '\n' || one === '\t' ? one : ''))
    .trim();
  return seen.length > max ? `${seen.slice(0, max - 1).toWellFormed()}…` : seen;
}

/** JSON of a server, every text of it plain. @throws Invalid when it is nested too deep. */
export function plainJson(value: unknown, depth = 0): JsonValue {
  if (depth > MAX_DEPTH) throw new Invalid(`It is nested deeper than ${MAX_DEPTH}.`);
  if (typeof value === 'string') return plainText(value, 4_000);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map((item) => plainJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [plainText(key, 200), plainJson(item, depth + 1)]),
  );
}
