import type { LedgerCheck, LedgerEntry, ListLedgerInput, Spend, SpendInput } from '@/lib/contracts/ledger';
import type { PageOf } from '@/lib/contracts/paging';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, withTenant } from '../context';
import { csvOf } from './csv';
import * as queries from './queries';

export { recountBudget } from './recount';
export { budgetExceeded, hasRoom, type Payers, requireRoom } from './refusal';
export {
  affordableTokens,
  type Charge,
  isInNoBudget,
  periodStart,
  reserve,
  type Spending,
  settle,
} from './statements';

/** Where the money of some days went. */
export async function getSpend(ctx: OrgContext, input: SpendInput): Promise<Spend> {
  requirePermission(ctx, 'spend:read');
  return withTenant(ctx, (tx) => queries.selectSpend(tx, input));
}

/** What was paid, newest first. */
export async function listLedger(ctx: OrgContext, input: ListLedgerInput): Promise<PageOf<LedgerEntry>> {
  requirePermission(ctx, 'spend:read');
  return withTenant(ctx, (tx) => queries.selectLedger(tx, input));
}

/** How the last check ended; undefined before the first. */
export async function findLedgerCheck(ctx: OrgContext): Promise<LedgerCheck | undefined> {
  requirePermission(ctx, 'spend:read');
  return withTenant(ctx, queries.findCheck);
}

/** The ledger of some days as CSV, newest first, page by page while it is read. */
export async function exportLedger(ctx: OrgContext, input: SpendInput): Promise<ReadableStream<Uint8Array>> {
  requirePermission(ctx, 'spend:read');
  await withTenant(ctx, (tx) =>
    recordAudit(tx, { action: 'ledger.export', resourceType: 'organization', resourceId: ctx.org.id, after: input }),
  );
  return csvOf((cursor) => withTenant(ctx, (tx) => queries.selectLedger(tx, { ...input, cursor, limit: 1_000 })));
}
