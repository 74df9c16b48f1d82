import type { Approval, ApprovalRef, ListApprovalsInput } from '@/lib/contracts/approvals';
import type { PageOf } from '@/lib/contracts/paging';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { sendMail } from '../mail/service';
import { approvalMail } from './mails';
import * as queries from './queries';

/** So many people are told of an approval by mail; the inbox tells everybody. */
const MAIL_TO_AT_MOST = 20;

export async function listApprovals(ctx: OrgContext, input: ListApprovalsInput): Promise<PageOf<Approval>> {
  requirePermission(ctx, 'approvals:read');
  return withTenant(ctx, (tx) => queries.selectInbox(tx, input));
}

/** How many wait for whoever asks; counts to 100. */
export async function countApprovals(ctx: OrgContext): Promise<{ count: number }> {
  requirePermission(ctx, 'approvals:read');
  return { count: await withTenant(ctx, queries.countMine) };
}

/** @throws NotFound */
export async function getApproval(ctx: OrgContext, { approvalId }: ApprovalRef): Promise<Approval> {
  requirePermission(ctx, 'approvals:read');
  return withTenant(ctx, (tx) => queries.getApproval(tx, approvalId));
}

/**
 * Puts something to people, once: in the inbox, and by mail to those who may decide it. Call it last in a transaction that
 * holds the run.
 */
export async function openApproval(tx: TenantContext, approval: queries.NewApproval): Promise<void> {
  const id = await queries.insertApproval(tx, approval);
  if (!id) return;
  const opened = await queries.getApproval(tx, id);
  const slug = await queries.findSlug(tx);
  const addresses = await queries.selectDeciders(tx, id, MAIL_TO_AT_MOST);
  for (const to of addresses) await sendMail(tx, approvalMail(to, slug, opened));
}

/** What a run asked in one of its steps, closed: what nobody decided by now is expired. Holds the run already. */
export async function closeApproval(tx: TenantContext, runId: string, stepKey: string): Promise<Approval | undefined> {
  const expired = await queries.expireApproval(tx, runId, stepKey);
  const approval = await queries.findApproval(tx, runId, stepKey);
  if (expired && approval) {
    await recordAudit(tx, { action: 'approval.expire', resourceType: 'approval', resourceId: approval.id });
  }
  return approval;
}

export { findApproval, selectApprovals } from './queries';
