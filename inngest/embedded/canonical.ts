/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The deepest nesting that is accepted: deeper values would exhaust the stack of the SDK's own serializer. */
const MAX_DEPTH = 500;

export class TooDeepError extends Error {
  override name = 'TooDeepError';
}

/**
 * Canonical JSON exactly as the SDK writes it before it checks a signature (its `canonicalize` 1.0.8, RFC 8785): keys
 * sorted, no spaces. Unlike newer versions it keeps lone surrogates (escaped) and writes an object with a key `toJSON`
 * unsorted. Canonical texts may be put together: an object of canonical texts under sorted keys is canonical again.
 * @throws TooDeepError beyond 500 levels.
 */
export function canonicalJson(value: Json | undefined, depth = 0): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (depth > MAX_DEPTH) throw new TooDeepError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  if (value.toJSON != null) return JSON.stringify(value);
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}

export const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Bytes of a text as UTF-8, as all limits count. */
export const byteLength = (text: string): number => Buffer.byteLength(text);
