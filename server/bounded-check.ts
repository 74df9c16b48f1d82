import { createContext, Script } from 'node:vm';
import { z } from 'zod';

/** Any honest schema is done in a few. */
const CHECK_MS = 200;

const place = createContext({});
const call = new Script('check()');

/**
 * `safeParse` with a schema that somebody wrote, given up when it takes too long: a regular expression in it, or references
 * that fan out, could hold the server up for ever.
 */
export function checkBounded(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  try {
    place.check = () => schema.safeParse(value);
    return call.runInContext(place, { timeout: CHECK_MS });
  } catch (error) {
    // Of another realm, so no `instanceof` knows it: out of time, or of the stack.
    const { code, name } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT' && name !== 'RangeError') throw error;
    const message = 'The schema takes too long to be checked. Make its patterns and references simpler.';
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], message, input: value }]) };
  } finally {
    place.check = undefined;
  }
}
