import { createHash, randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Writes a time and ten bytes as a ULID: ids of one kind sort by their time. */
function ulid(timeMs: number, entropy: Uint8Array): string {
  let time = '';
  for (let rest = timeMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = CROCKFORD.charAt(rest % 32) + time;
  let bits = 0n;
  for (const byte of entropy.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  let random = '';
  for (let i = 0; i < 16; i++, bits >>= 5n) random = CROCKFORD.charAt(Number(bits & 31n)) + random;
  return time + random;
}

export const newUlid = (): string => ulid(Date.now(), randomBytes(10));

/** The same ULID for the same parts: what makes inserts idempotent. */
export function derivedUlid(timeMs: number, ...parts: string[]): string {
  return ulid(timeMs, createHash('sha256').update(parts.join('\n')).digest());
}

/** Reads the time back from a ULID, in milliseconds. */
export function ulidTimeMs(id: string): number {
  let time = 0;
  for (const char of id.slice(0, 10)) time = time * 32 + Math.max(0, CROCKFORD.indexOf(char));
  return time;
}

/** The name under which the SDK memoises a step. */
export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
