import type { PageOf } from '@/lib/contracts/paging';
import type { AuditEntry, ListAuditInput } from '@/lib/contracts/people';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { type AuditFact, auditEntry, selectAuditEntries } from './queries';

/** Writes what the actor did, in the transaction in which it was done. */
export const recordAudit = (ctx: TenantContext, fact: AuditFact): Promise<void> =>
  recordAuditIn(ctx, fact, async (entry) => void (await entry));

/** `recordAudit` in the very statement that does it: `write` puts the entry into it, and a `from` behind the entry. */
export async function recordAuditIn(
  ctx: TenantContext,
  fact: AuditFact,
  write: (entry: ReturnType<typeof auditEntry>) => Promise<void>,
): Promise<void> {
  crashPoint('audit.before-effect');
  await write(auditEntry(ctx, fact));
  crashPoint('audit.before-checkpoint');
  ctx.afterCommit(() => crashPoint('audit.after-checkpoint'));
}

/** Writes that the actor was refused; the refused work itself wrote nothing. */
export const recordDenied = (ctx: OrgContext, entrance: string): Promise<void> =>
  withTenant(ctx, (tx) => recordAudit(tx, { action: 'access.denied', resourceType: 'entrance', resourceId: entrance }));

/** The audit trail, newest first. */
export async function listAudit(ctx: OrgContext, input: ListAuditInput): Promise<PageOf<AuditEntry>> {
  requirePermission(ctx, 'audit:read');
  return withTenant(ctx, (tx) => selectAuditEntries(tx, input));
}
