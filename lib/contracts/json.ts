import { z } from 'zod';
import { isStorableText } from './text';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Any JSON; depth and size are bounded where the body is read. */
export const Json: z.ZodType<JsonValue> = z.json();

function isStorable(value: JsonValue): boolean {
  let storable = true;
  JSON.stringify(value, (key, part) => {
    storable &&= isStorableText(key) && (typeof part !== 'string' || isStorableText(part));
    return part;
  });
  return storable;
}

/** JSON that Postgres can hold. */
export const StorableJson = Json.refine(isStorable, 'Contains a NUL character or half of a surrogate pair; remove it.');
