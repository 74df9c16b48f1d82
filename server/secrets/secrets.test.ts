import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { env } from '@/lib/env';
import { PreconditionFailed } from '../errors';
import { NotOpened, newKey, open, seal } from './envelope';
import { createWrappedKey, decryptSecret, encryptSecret, rewrapKey, type SecretIdentity } from './service';

const identity: SecretIdentity = {
  orgId: 'org-1',
  table: 'model_credentials',
  rowId: 'row-1',
  column: 'encrypted_key',
};
const before = env.MUSTER_MASTER_KEY;
const master = randomBytes(32);

beforeEach(() => {
  env.MUSTER_MASTER_KEY = master.toString('base64');
});
afterEach(() => {
  env.MUSTER_MASTER_KEY = before;
});

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

describe('secrets of an organization', () => {
  test('come back for their own cell only', () => {
    const wrapped = createWrappedKey();
    const encrypted = encryptSecret(wrapped, 'sk-sécret', identity);
    expect(encrypted).not.toContain('sk-');
    expect(decryptSecret(wrapped, encrypted, identity)).toBe('sk-sécret');
    for (const part of ['orgId', 'table', 'rowId', 'column'] as const) {
      expect(() => decryptSecret(wrapped, encrypted, { ...identity, [part]: 'other' })).toThrow(PreconditionFailed);
    }
    expect(() => decryptSecret(createWrappedKey(), encrypted, identity)).toThrow(PreconditionFailed);
    expect(() => decryptSecret(wrapped, encrypted.replace('s1.', 's2.'), identity)).toThrow('unknown format');
  });

  test('parts of an identity do not run into each other', () => {
    const wrapped = createWrappedKey();
    const encrypted = encryptSecret(wrapped, 'x', { ...identity, table: 'ab', rowId: 'c' });
    expect(() => decryptSecret(wrapped, encrypted, { ...identity, table: 'a', rowId: 'bc' })).toThrow(
      PreconditionFailed,
    );
  });

  test('survive a change of the master key', () => {
    const wrapped = createWrappedKey();
    const encrypted = encryptSecret(wrapped, 'x', identity);
    const next = randomBytes(32);
    const rewrapped = rewrapKey(wrapped, master, next);
    env.MUSTER_MASTER_KEY = next.toString('base64');
    expect(decryptSecret(rewrapped, encrypted, identity)).toBe('x');
    expect(() => decryptSecret(wrapped, encrypted, identity)).toThrow('another master key');
  });

  test('an altered wrapped key says so', () => {
    const wrapped = createWrappedKey();
    const altered = `${wrapped.slice(0, -5)}${wrapped.endsWith('AAAAA') ? 'BBBBB' : 'AAAAA'}`;
    expect(() => encryptSecret(altered, 'x', identity)).toThrow(PreconditionFailed);
    expect(() => encryptSecret('k2.x.y', 'x', identity)).toThrow('unknown format');
    expect(() => encryptSecret('', 'x', identity)).toThrow(PreconditionFailed);
  });

  test.each([
    [undefined, 'no master key'],
    ['c2hvcnQ=', 'not 32 bytes'],
  ])('master key %s: %s', (value, message) => {
    env.MUSTER_MASTER_KEY = value;
    expect(createWrappedKey).toThrow(PreconditionFailed);
    expect(createWrappedKey).toThrow(message);
  });
});
