import { env } from '@/lib/env';
import { PreconditionFailed } from '../errors';
import { keyId, NotOpened, newKey, open, parseKey, seal } from './envelope';

/** Which cell a secret belongs to. A secret copied to any other cell does not open. */
export interface SecretIdentity {
  orgId: string;
  table: string;
  rowId: string;
  column: string;
}

const WRAPPED = 'wrapped organization key';

/**
 * A new data key for an organization, wrapped by the master key: `k1.<id of the master key>.<sealed key>`.
 * @throws PreconditionFailed when the server has no master key.
 */
export function createWrappedKey(): string {
  const master = masterKey();
  return `k1.${keyId(master)}.${seal(master, newKey(), WRAPPED)}`;
}

/** The same data key under another master key: how the master key is changed without touching a secret. */
export function rewrapKey(wrappedKey: string, from: Uint8Array, to: Uint8Array): string {
  return `k1.${keyId(to)}.${seal(to, unwrap(wrappedKey, from), WRAPPED)}`;
}

/** Encrypts with the organization's data key: `s1.<sealed text>`. */
export function encryptSecret(wrappedKey: string, plaintext: string, identity: SecretIdentity): string {
  return `s1.${seal(unwrap(wrappedKey, masterKey()), Buffer.from(plaintext, 'utf8'), cell(identity))}`;
}

/** @throws PreconditionFailed when the master key is missing or another one, or the secret was altered or moved. */
export function decryptSecret(wrappedKey: string, encrypted: string, identity: SecretIdentity): string {
  const key = unwrap(wrappedKey, masterKey());
  if (!encrypted.startsWith('s1.')) throw new PreconditionFailed('This secret is of an unknown format. Save it again.');
  try {
    return open(key, encrypted.slice(3), cell(identity)).toString('utf8');
  } catch (error) {
    if (error instanceof NotOpened) throw new PreconditionFailed('A stored secret does not open. Save it again.');
    throw error;
  }
}

const cell = ({ orgId, table, rowId, column }: SecretIdentity): string => JSON.stringify([orgId, table, rowId, column]);

function masterKey(): Buffer {
  if (!env.MUSTER_MASTER_KEY) {
    throw new PreconditionFailed(
      'This server has no master key, so it can keep no secrets. Start it with `npm start`, or set MUSTER_MASTER_KEY to 32 bytes in base64.',
    );
  }
  const key = parseKey(env.MUSTER_MASTER_KEY);
  if (!key)
    throw new PreconditionFailed(
      'MUSTER_MASTER_KEY is not 32 bytes in base64. Make one with `openssl rand -base64 32`.',
    );
  return key;
}

function unwrap(wrappedKey: string, master: Uint8Array): Buffer {
  const [version, id, sealed = ''] = wrappedKey.split('.');
  if (version !== 'k1')
    throw new PreconditionFailed("The organization's key is of an unknown format. Restore it from a back-up.");
  if (id !== keyId(master)) {
    throw new PreconditionFailed(
      `The organization's key was wrapped by another master key (${id}). Set MUSTER_MASTER_KEY to that one.`,
    );
  }
  try {
    return open(master, sealed, WRAPPED);
  } catch (error) {
    if (error instanceof NotOpened)
      throw new PreconditionFailed("The organization's key was altered. Restore it from a back-up.");
    throw error;
  }
}
