import { dataKeyRotated } from '@/inngest/events';
import type { DataKeyState } from '@/lib/contracts/secrets';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { DomainError, NotFound } from '../errors';
import { log } from '../log';
import { enqueueEvent } from '../outbox';
import { ENCRYPTED_COLUMNS } from './cells';
import { openKeyring } from './encryption';
import { createWrappedKey, rewrapKey } from './keyring';
import * as queries from './queries';

/** Cells of one transaction: few enough that whoever wants one of them does not wait. */
const BATCH = 100;

/** How far the work is; what was done before it does not matter, for a cell says which key encrypted it. */
export interface Place {
  column: number;
  after: string | null;
}
export const START: Place = { column: 0, after: null };

/** The data key in use. */
export async function getDataKey(ctx: OrgContext): Promise<DataKeyState> {
  requirePermission(ctx, 'secrets:read');
  return withTenant(ctx, stateOf);
}

/** Makes a new data key; what is written from now on is encrypted with it, and a job encrypts again what there is. */
export async function rotateDataKey(ctx: OrgContext): Promise<DataKeyState> {
  requirePermission(ctx, 'secrets:write');
  return withTenant(ctx, async (tx) => {
    await queries.lockDataKeys(tx, false);
    const version = (await openKeyring(tx)).newest + 1;
    await queries.insertDataKey(tx, { version, wrappedKey: createWrappedKey(), isComplete: false });
    await recordAudit(tx, {
      action: 'data_key.rotate',
      resourceType: 'data_key',
      resourceId: String(version),
    });
    await enqueueEvent(tx, dataKeyRotated.create({ orgId: tx.org.id }));
    return stateOf(tx);
  });
}

async function stateOf(tx: TenantContext): Promise<DataKeyState> {
  const key = await queries.selectNewestKey(tx);
  if (!key) throw new NotFound('data key');
  return { ...key, ...(await queries.countCells(tx, key.version)) };
}

/**
 * Encrypts the next cells with the newest data key. The same again changes nothing.
 * @returns where to go on; null at the end. A cell that does not open stays as it is.
 */
export const reencryptBatch = (orgId: string, { column, after }: Place): Promise<Place | null> =>
  withTenant(jobContext(orgId), async (tx) => {
    const keyring = await openKeyring(tx);
    const version = keyring.newest;
    const place = ENCRYPTED_COLUMNS[column];
    if (!place) {
      if (await queries.markComplete(tx, version)) {
        const left = (await queries.countCells(tx, version)).left;
        const fact = { action: 'data_key.complete', resourceType: 'data_key', resourceId: String(version) };
        await recordAudit(tx, { ...fact, after: { left } });
      }
      return null;
    }
    const cells = await queries.lockOldCells(tx, place, { version, after, limit: BATCH });
    for (const { id, encrypted } of cells) {
      const cell = { ...place, rowId: id };
      try {
        await queries.updateCell(tx, place, id, keyring.seal(keyring.open(encrypted, cell), cell));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        tx.log.error({ table: place.table, row: id }, 'a stored secret does not open; it keeps its key');
      }
    }
    const last = cells.at(-1);
    return last && cells.length === BATCH ? { column, after: last.id } : { column: column + 1, after: null };
  });

/** Wraps the data keys of an organization by the master key of now; no encrypted cell is touched. @returns how many. */
export const rewrapDataKeys = (orgId: string): Promise<number> =>
  withTenant(jobContext(orgId), async (tx) => {
    await queries.lockDataKeys(tx, false);
    let many = 0;
    for (const { version, wrappedKey } of await queries.selectDataKeys(tx)) {
      const rewrapped = rewrapKey(wrappedKey);
      if (rewrapped === undefined) continue;
      await queries.updateWrappedKey(tx, { version, wrappedKey: rewrapped });
      many += 1;
    }
    return many;
  });

const jobContext = (orgId: string): OrgContext => ({
  org: { id: orgId, slug: '', name: '' },
  actor: { type: 'system', id: 'secrets' },
  permissions: [],
  request: null,
  log: log.child({ org: orgId }),
});
