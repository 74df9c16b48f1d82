import { z } from 'zod';
import { byteLength, TooDeepError } from './canonical';
import { sha1 } from './ids';

/** Postgres takes 2,704 bytes into an index, where names stand beside keys and each other. */
const MAX_NAME_BYTES = 1_000;
const MAX_KEY_LENGTH = 200;

/** Whether Postgres can hold a text. Inside a payload, which is JSON, everything can be. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Why a text can be no name or id, as the end of a sentence; undefined when it can. */
export function nameProblem(text: string): string | undefined {
  if (!isStorable(text)) return 'contains NUL or half of a surrogate pair, which cannot be stored: leave it out';
  if (byteLength(text) > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes: shorten it`;
  return undefined;
}

/** A name or an id that can be stored and looked up. */
export const Name = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const message = nameProblem(text);
    if (message) context.addIssue({ code: 'custom', message });
  });

/** What people read, with a mark where a character cannot be stored. */
export const legible = (text: string): string =>
  isStorable(text) ? text : text.toWellFormed().replaceAll('\0', '\ufffd');

/** What is only compared: a digest where a key is long or cannot be stored. */
export const storedKey = (key: string): string =>
  key.length <= MAX_KEY_LENGTH && isStorable(key) ? key : `sha1:${sha1(JSON.stringify(key))}`;

/**
 * What was to be stored is at fault, not the database, so that another try is in vain: too deep or too long for JSON, the same
 * row twice (SQLSTATE class 21), no value of its type (22), too large for a row or an index (54).
 */
export function isUnstorable(error: unknown): error is Error {
  if (error instanceof TooDeepError || error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && /^(21|22|54)\w{3}$/.test(String(error.code));
}
