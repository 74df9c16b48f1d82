import type { PageOf } from '@/lib/contracts/paging';
import type { AuditEntry, ListAuditInput } from '@/lib/contracts/people';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { type AuditFact, insertAuditEntry, selectAuditEntries } from './queries';

/** Writes what the actor did, in the transaction in which it was done. */
export async function recordAudit(ctx: TenantContext, fact: AuditFact): Promise<void> {
  crashPoint('audit.before-effect');
  await insertAuditEntry(ctx, fact);
  crashPoint('audit.before-checkpoint');
  ctx.afterCommit(() => crashPoint('audit.after-checkpoint'));
}

/** Writes that the actor was refused; the refused work itself wrote nothing. */
export const recordDenied = (ctx: OrgContext, entrance: string): Promise<void> =>
  withTenant(ctx, (tx) =>
    insertAuditEntry(tx, { action: 'access.denied', resourceType: 'entrance', resourceId: entrance }),
  );

/** The audit trail, newest first. */
export async function listAudit(ctx: OrgContext, input: ListAuditInput): Promise<PageOf<AuditEntry>> {
  requirePermission(ctx, 'audit:read');
  return withTenant(ctx, (tx) => selectAuditEntries(tx, input));
}
