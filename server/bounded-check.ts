import { createContext, Script } from 'node:vm';
import { z } from 'zod';
import type { JsonValue } from '@/lib/contracts/json';
import { zodOf } from '@/lib/contracts/json-schema';

/** Any honest schema is done in a few. */
const CHECK_MS = 200;

/** Without these a check takes as long as schema and value are: watching the clock would cost more than it. */
const ENDLESS = /"(?:pattern|patternProperties|\$ref|\$dynamicRef|\$recursiveRef)":/;
const SMALL = 5_000_000;

const isQuick = (schema: { [key: string]: JsonValue }, value: unknown): boolean => {
  const text = JSON.stringify(schema);
  return !ENDLESS.test(text) && text.length * (JSON.stringify(value)?.length ?? 0) < SMALL;
};

const place = createContext({});
const call = new Script('check()');

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
    place.check = () => checker.safeParse(value);
    return call.runInContext(place, { timeout: CHECK_MS });
  } catch (error) {
    // Of another realm, so no `instanceof` knows it: out of time, or of the stack.
    const { code, name } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT' && name !== 'RangeError') throw error;
    const message = 'The schema takes too long to be checked. Make its patterns and references simpler.';
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], message, input: undefined }]) };
  } finally {
    place.check = undefined;
  }
}
