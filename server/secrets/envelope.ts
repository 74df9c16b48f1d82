import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text could not be opened: cut, altered, moved to another row, or sealed with another key. */
export class NotOpened extends Error {}

/**
 * AES-256-GCM (NIST SP 800-38D) with a fresh random 96-bit IV: base64url of IV, tag and ciphertext in this order.
 * `identity` is authenticated, not stored: opening it takes the same one.
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, identity: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(identity, 'utf8'));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws NotOpened unless `sealed` is what `seal` made with the same key and identity. */
export function open(key: Uint8Array, sealed: string, identity: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  // Node reads base64 leniently; one text per secret leaves nothing to play with.
  if (bytes.length < IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) throw new NotOpened('malformed');
  try {
    // Without authTagLength Node accepts a tag of four bytes.
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(identity, 'utf8'));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new NotOpened('not authentic', { cause });
  }
}

export const newKey = (): Buffer => randomBytes(KEY_BYTES);

/** The 32 bytes of a key written in base64 or base64url; undefined for anything else. */
export function parseKey(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64.trim(), 'base64');
  return bytes.length === KEY_BYTES ? bytes : undefined;
}

/** Tells keys apart without telling anything of them. */
export const keyId = (key: Uint8Array): string =>
  createHash('sha256').update('muster key id').update(key).digest('hex').slice(0, 8);
