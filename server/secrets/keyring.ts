import { env } from '@/lib/env';
import { PreconditionFailed } from '../errors';
import type { Cell } from './cells';
import { keyId, NotOpened, newKey, open, parseKey, seal } from './envelope';

/** A data key of an organization as it is stored. */
export interface StoredKey {
  version: number;
  wrappedKey: string;
}

const WRAPPED = 'wrapped organization key';
const SEALED = /^s1\.([1-9]\d{0,8})\.(.+)$/;

/** The data keys of one organization: the newest encrypts, each opens what it encrypted. */
export class Keyring {
  private readonly opened = new Map<number, Buffer>();

  constructor(
    private readonly orgId: string,
    private readonly keys: readonly StoredKey[],
  ) {}

  get newest(): number {
    return this.keys.reduce((newest, { version }) => Math.max(newest, version), 0);
  }

  /** `s1.<version of the key>.<sealed text>` */
  seal(plaintext: string, cell: Cell): string {
    return `${sealedWith(this.newest)}${seal(this.key(this.newest), Buffer.from(plaintext, 'utf8'), this.identity(cell))}`;
  }

  /** @throws PreconditionFailed when the master key is missing or another one, or the secret was altered or moved. */
  open(encrypted: string, cell: Cell): string {
    const [, version, sealed] = SEALED.exec(encrypted) ?? [];
    if (!version || !sealed) throw new PreconditionFailed('This secret is of an unknown format. Save it again.');
    try {
      return open(this.key(Number(version)), sealed, this.identity(cell)).toString('utf8');
    } catch (error) {
      if (error instanceof NotOpened) throw new PreconditionFailed('A stored secret does not open. Save it again.');
      throw error;
    }
  }

  private key(version: number): Buffer {
    const known = this.opened.get(version);
    if (known) return known;
    const stored = this.keys.find((key) => key.version === version);
    if (!stored) throw new PreconditionFailed("The organization's key is missing. Restore it from a back-up.");
    const key = unwrap(stored.wrappedKey);
    this.opened.set(version, key);
    return key;
  }

  private identity({ table, rowId, column }: Cell): string {
    return JSON.stringify([this.orgId, table, rowId, column]);
  }
}

/** What everything begins with that this version of the data key encrypted. */
export const sealedWith = (version: number): string => `s1.${version}.`;

/**
 * A new data key, wrapped by the master key: `k1.<id of the master key>.<sealed key>`.
 * @throws PreconditionFailed when the server has no master key.
 */
export const createWrappedKey = (): string => wrap(newKey(), masterKey());

/** The same data key under the master key of now; undefined when it is under it already. */
export function rewrapKey(wrappedKey: string): string | undefined {
  const master = masterKey();
  return wrappedKey.split('.')[1] === keyId(master) ? undefined : wrap(unwrap(wrappedKey), master);
}

const wrap = (key: Uint8Array, master: Uint8Array): string => `k1.${keyId(master)}.${seal(master, key, WRAPPED)}`;

function unwrap(wrappedKey: string): Buffer {
  const [version, id, sealed = ''] = wrappedKey.split('.');
  if (version !== 'k1')
    throw new PreconditionFailed("The organization's key is of an unknown format. Restore it from a back-up.");
  const master = [masterKey(), previousMasterKey()].find((key) => key && keyId(key) === id);
  if (!master) {
    throw new PreconditionFailed(
      `The organization's key was wrapped by another master key (${id}). Set MUSTER_MASTER_KEY to that one, or MUSTER_MASTER_KEY_PREVIOUS while the master key changes.`,
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

function masterKey(): Buffer {
  if (env.MUSTER_MASTER_KEY) return keyIn('MUSTER_MASTER_KEY', env.MUSTER_MASTER_KEY);
  throw new PreconditionFailed(
    'This server has no master key, so it can keep no secrets. Start it with `npm start`, or set MUSTER_MASTER_KEY to 32 bytes in base64.',
  );
}

const previousMasterKey = (): Buffer | undefined =>
  env.MUSTER_MASTER_KEY_PREVIOUS ? keyIn('MUSTER_MASTER_KEY_PREVIOUS', env.MUSTER_MASTER_KEY_PREVIOUS) : undefined;

function keyIn(variable: string, value: string): Buffer {
  const key = parseKey(value);
  if (key) return key;
  throw new PreconditionFailed(`${variable} is not 32 bytes in base64. Make one with \`openssl rand -base64 32\`.`);
}
