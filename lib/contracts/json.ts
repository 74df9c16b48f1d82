import { z } from 'zod';
import { isStorableText } from './text';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Any JSON; depth and size are bounded where the body is read. */
export const Json: z.ZodType<JsonValue> = z.json();

const isStorable = (value: JsonValue): boolean =>
  typeof value === 'string'
    ? isStorableText(value)
    : typeof value !== 'object' ||
      value === null ||
      Object.entries(value).every(([key, part]) => isStorableText(key) && isStorable(part));

/** `Json` that Postgres can hold. `Json` refers to itself; in the API's document this one is any value. */
export const StorableJson = z.custom<JsonValue>((value) => {
  const json = Json.safeParse(value);
  return json.success && isStorable(json.data);
}, 'Send JSON without NUL characters or halves of surrogate pairs.');
