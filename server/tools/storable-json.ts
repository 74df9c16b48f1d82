import type { JsonValue } from '@/lib/contracts/json';
import { toStorableText } from '@/lib/contracts/text';
import { Invalid } from '../errors';

const MAX_DEPTH = 100;

/**
 * JSON from outside with every text made storable. What is no JSON (undefined, NaN, a function) becomes null.
 * @throws Invalid when it is nested too deep to be stored and shown.
 */
export function toStorableJson(value: unknown, depth = 0): JsonValue {
  if (depth > MAX_DEPTH) throw new Invalid(`The value is nested deeper than ${MAX_DEPTH}.`);
  switch (typeof value) {
    case 'string':
      return toStorableText(value);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item) => toStorableJson(item, depth + 1));
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [toStorableText(key), toStorableJson(item, depth + 1)]),
      );
    }
    default:
      return null;
  }
}
