import { z } from 'zod';
import type { JsonValue } from '@/lib/contracts/json';
import { zodOf } from '@/lib/contracts/json-schema';
import { inTime, TooSlow } from './in-time';

/** Any honest schema is done in a few. */
const CHECK_MS = 200;

/** Without these a check takes as long as schema and value are: watching the clock would cost more than it. */
const ENDLESS = /"(?:pattern|patternProperties|\$ref|\$dynamicRef|\$recursiveRef)":/;
const SMALL = 5_000_000;

const isQuick = (schema: { [key: string]: JsonValue }, value: unknown): boolean => {
  const text = JSON.stringify(schema);
  return !ENDLESS.test(text) && text.length * (JSON.stringify(value)?.length ?? 0) < SMALL;
};

/**
 * `safeParse` with a schema that somebody wrote, given up when it takes too long: a regular expression in it, or references
 * that fan out, could hold the server up for ever.
 * @param checker of the schema, where it was made before
 */
export function checkBounded(
  schema: { [key: string]: JsonValue },
  value: unknown,
  checker = zodOf(schema),
): z.ZodSafeParseResult<unknown> {
  try {
    if (isQuick(schema, value)) return checker.safeParse(value);
    return inTime(CHECK_MS, () => checker.safeParse(value));
  } catch (error) {
    if (!(error instanceof TooSlow || error instanceof RangeError)) throw error;
    const message = 'The schema takes too long to be checked. Make its patterns and references simpler.';
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], message, input: undefined }]) };
  }
}
