import type { JsonValue } from '@/lib/contracts/json';
import { toStorableText } from '@/lib/contracts/text';

/** JSON from outside with every text made storable. What is no JSON (undefined, NaN, a function) becomes null. */
export function toStorableJson(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
      return toStorableText(value);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(toStorableJson);
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [toStorableText(key), toStorableJson(item)]),
      );
    }
    default:
      return null;
  }
}
