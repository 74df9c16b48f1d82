import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { env } from '@/lib/env';
import { PreconditionFailed } from '../errors';
import { createWrappedKey, Keyring, rewrapKey } from './keyring';

const cell = { table: 'secrets', column: 'encrypted_value', rowId: 'row-1' } as const;
const before = { current: env.MUSTER_MASTER_KEY, previous: env.MUSTER_MASTER_KEY_PREVIOUS };
const master = randomBytes(32).toString('base64');

beforeEach(() => {
  env.MUSTER_MASTER_KEY = master;
});
afterEach(() => {
  env.MUSTER_MASTER_KEY = before.current;
  env.MUSTER_MASTER_KEY_PREVIOUS = before.previous;
});

const ringOf = (...wrapped: string[]) =>
  new Keyring(
    'org-1',
    wrapped.map((wrappedKey, index) => ({ version: index + 1, wrappedKey })),
  );

test('a secret comes back for its own cell, organization and key only', () => {
  const wrapped = createWrappedKey();
  const ring = ringOf(wrapped);
  const encrypted = ring.seal('sk-sécret', cell);
  expect(encrypted).not.toContain('sk-');
  expect(ring.open(encrypted, cell)).toBe('sk-sécret');
  expect(() => ring.open(encrypted, { ...cell, rowId: 'row-2' })).toThrow('does not open');
  expect(() =>
    ring.open(encrypted, { table: 'model_credentials', column: 'encrypted_key', rowId: cell.rowId }),
  ).toThrow('does not open');
  expect(() => new Keyring('org-2', [{ version: 1, wrappedKey: wrapped }]).open(encrypted, cell)).toThrow(
    'does not open',
  );
  expect(() => ringOf(createWrappedKey()).open(encrypted, cell)).toThrow('does not open');
  expect(() => ring.open(encrypted.replace('s1.1.', 's1.2.'), cell)).toThrow("organization's key is missing");
  expect(() => ring.open(encrypted.replace('s1.1.', 's9.1.'), cell)).toThrow('unknown format');
});

test('a new data key encrypts, and the older ones still open what they did', () => {
  const first = createWrappedKey();
  const old = ringOf(first).seal('x', cell);
  const ring = ringOf(first, createWrappedKey());
  expect(ring.open(old, cell)).toBe('x');
  expect(ring.seal('x', cell)).toMatch(/^s1\.2\./);
});

test('a change of the master key touches no secret', () => {
  const wrapped = createWrappedKey();
  const encrypted = ringOf(wrapped).seal('x', cell);
  expect(rewrapKey(wrapped)).toBeUndefined();
  env.MUSTER_MASTER_KEY = randomBytes(32).toString('base64');
  expect(() => ringOf(wrapped).open(encrypted, cell)).toThrow('another master key');
  env.MUSTER_MASTER_KEY_PREVIOUS = master;
  expect(ringOf(wrapped).open(encrypted, cell)).toBe('x');
  const rewrapped = rewrapKey(wrapped) ?? '';
  env.MUSTER_MASTER_KEY_PREVIOUS = undefined;
  expect(ringOf(rewrapped).open(encrypted, cell)).toBe('x');
});

test('an altered wrapped key says so', () => {
  const wrapped = createWrappedKey();
  const altered = `${wrapped.slice(0, -5)}${wrapped.endsWith('AAAAA') ? 'BBBBB' : 'AAAAA'}`;
  expect(() => ringOf(altered).seal('x', cell)).toThrow(PreconditionFailed);
  expect(() => ringOf('k2.x.y').seal('x', cell)).toThrow('unknown format');
  expect(() => ringOf('').seal('x', cell)).toThrow(PreconditionFailed);
});

test.each([
  [undefined, 'no master key'],
  ['c2hvcnQ=', 'not 32 bytes'],
])('master key %s: %s', (value, message) => {
  env.MUSTER_MASTER_KEY = value;
  expect(createWrappedKey).toThrow(PreconditionFailed);
  expect(createWrappedKey).toThrow(message);
});
