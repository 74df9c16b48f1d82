import type { TenantContext } from '../context';
import type { Cell } from './cells';
import { createWrappedKey, Keyring } from './keyring';
import * as queries from './queries';

/** The keys of an organization, to open with. */
export const openKeyring = async (ctx: TenantContext): Promise<Keyring> =>
  new Keyring(ctx.org.id, await queries.selectDataKeys(ctx));

/** Its first data key. */
export const createDataKey = (ctx: TenantContext): Promise<void> =>
  queries.insertDataKey(ctx, { version: 1, wrappedKey: createWrappedKey(), isComplete: true });

/** Encrypts with the organization's newest data key, which stays the newest until the transaction ends. */
export async function encryptSecret(ctx: TenantContext, plaintext: string, cell: Cell): Promise<string> {
  await queries.lockDataKeys(ctx, true);
  return (await openKeyring(ctx)).seal(plaintext, cell);
}

/** @throws PreconditionFailed when the master key is missing or another one, or the secret was altered or moved. */
export const decryptSecret = async (ctx: TenantContext, encrypted: string, cell: Cell): Promise<string> =>
  (await openKeyring(ctx)).open(encrypted, cell);
