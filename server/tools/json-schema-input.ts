import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { Json, type JsonValue } from '@/lib/contracts/json';
import { zodOf } from '@/lib/contracts/json-schema';
import { checkBounded } from '../bounded-check';

/** Expressions from outside could hold the server up, and their own side checks them anyway. */
const UNCHECKED = new Set(['pattern', 'patternProperties', '$schema', '$id', 'format']);
const kept = new LRUCache<string, z.ZodType>({ max: 500 });

/**
 * Checks arguments against a JSON Schema that somebody outside wrote, as far as that can be done; `hash` is of the schema.
 * A schema that cannot be read takes whatever `any` does: the other side refuses what is wrong.
 */
export function inputOf(schema: JsonValue, hash: string, any: z.ZodType = ANY): z.ZodType {
  const known = kept.get(hash);
  if (known) return known;
  const made = read(schema, any);
  kept.set(hash, made);
  return made;
}

const ANY = z.record(z.string(), Json);

function read(schema: JsonValue, any: z.ZodType): z.ZodType {
  try {
    const checked = withoutUnchecked(schema, false) as { [key: string]: JsonValue };
    const written = zodOf(checked);
    return any.transform((value, check) => {
      const { data, error } = checkBounded(checked, value, written);
      check.issues.push(...(error?.issues ?? []).map((issue) => ({ ...issue, code: 'custom' as const, input: value })));
      return data;
    });
  } catch {
    return any;
  }
}

/** A property may be called `pattern`; the rule of that name is left out. */
function withoutUnchecked(value: JsonValue, isNames: boolean): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withoutUnchecked(item, false));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => isNames || !UNCHECKED.has(key));
  return Object.fromEntries(
    members.map(([key, item]) => [
      key,
      withoutUnchecked(item, !isNames && (key === 'properties' || key === '$defs' || key === 'definitions')),
    ]),
  );
}
