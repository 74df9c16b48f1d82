import { z } from 'zod';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Any JSON; depth and size are bounded where the body is read. */
export const Json: z.ZodType<JsonValue> = z.json();
