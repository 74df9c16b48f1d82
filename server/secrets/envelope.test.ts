import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotOpened, newKey, open, seal } from './envelope';

describe('envelope', () => {
  const key = newKey();

  test('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (plaintext, aad) => {
        expect([...open(key, seal(key, plaintext, aad), aad)]).toEqual([...plaintext]);
      }),
    );
  });

  test('no changed, cut or lengthened text opens', () => {
    const sealed = Buffer.from(seal(key, Buffer.from('a secret'), 'cell'), 'base64url');
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = Buffer.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(() => open(key, flipped.toString('base64url'), 'cell')).toThrow(NotOpened);
      expect(() => open(key, sealed.subarray(0, at).toString('base64url'), 'cell')).toThrow(NotOpened);
    }
    expect(() => open(key, Buffer.concat([sealed, Buffer.of(0)]).toString('base64url'), 'cell')).toThrow(NotOpened);
    expect(() => open(key, `${sealed.toString('base64url')}!`, 'cell')).toThrow(NotOpened);
  });

  test('a tag of four bytes does not open', () => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 4 });
    cipher.setAAD(Buffer.from('cell'));
    const sealed = Buffer.concat([iv, cipher.update('0123456789abcdef'), cipher.final(), cipher.getAuthTag()]);
    expect(() => open(key, sealed.toString('base64url'), 'cell')).toThrow(NotOpened);
  });

  test('another key or another identity opens nothing', () => {
    const sealed = seal(key, Buffer.from('a secret'), 'cell');
    expect(() => open(newKey(), sealed, 'cell')).toThrow(NotOpened);
    expect(() => open(key, sealed, 'cell2')).toThrow(NotOpened);
  });

  test('the same secret never looks the same', () => {
    expect(seal(key, Buffer.from('x'), 'c')).not.toBe(seal(key, Buffer.from('x'), 'c'));
  });
});
