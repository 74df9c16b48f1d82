import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { approvals } from '@/db/schema/runs';
import { users } from '@/db/schema/users';
import type { Approval } from '@/lib/contracts/runs';
import type { TenantContext } from '../context';

/** The rows of what runs wait for a person to answer. */

const approval = {
  id: approvals.id,
  runId: approvals.runId,
  stepKey: approvals.stepKey,
  question: approvals.question,
  status: approvals.status,
  answer: approvals.answer,
  answeredByName: users.name,
  createdAt: approvals.createdAt,
  expiresAt: approvals.expiresAt,
  answeredAt: approvals.answeredAt,
};

export const selectApprovals = (ctx: TenantContext, runId: string): Promise<Approval[]> =>
  ctx.db
    .select(approval)
    .from(approvals)
    .leftJoin(users, eq(users.id, approvals.answeredBy))
    .where(and(eq(approvals.orgId, ctx.org.id), eq(approvals.runId, runId)))
    .orderBy(asc(approvals.id))
    .limit(500);

/** Opens a question once: a step that is tried again finds the same one. */
export async function insertApproval(
  ctx: TenantContext,
  values: { runId: string; stepKey: string; question: string; expiresAt: Date },
): Promise<void> {
  await ctx.db
    .insert(approvals)
    .values({ orgId: ctx.org.id, ...values })
    .onConflictDoNothing();
}

export async function findApproval(ctx: TenantContext, runId: string, stepKey: string): Promise<Approval | undefined> {
  const [row] = await ctx.db
    .select(approval)
    .from(approvals)
    .leftJoin(users, eq(users.id, approvals.answeredBy))
    .where(and(eq(approvals.orgId, ctx.org.id), eq(approvals.runId, runId), eq(approvals.stepKey, stepKey)));
  return row;
}

/** Writes the answer of an open question; undefined when it is not open, or not there. */
export async function answerApproval(ctx: TenantContext, id: string, runId: string, answer: string) {
  const [row] = await ctx.db
    .update(approvals)
    .set({ status: 'answered', answer, answeredBy: ctx.actor.id, answeredAt: sql`now()` })
    .where(
      and(
        eq(approvals.orgId, ctx.org.id),
        eq(approvals.id, id),
        eq(approvals.runId, runId),
        eq(approvals.status, 'open'),
        gt(approvals.expiresAt, sql`now()`),
      ),
    )
    .returning({ stepKey: approvals.stepKey });
  return row;
}

export async function expireApproval(ctx: TenantContext, runId: string, stepKey: string): Promise<void> {
  await ctx.db
    .update(approvals)
    .set({ status: 'expired' })
    .where(
      and(
        eq(approvals.orgId, ctx.org.id),
        eq(approvals.runId, runId),
        eq(approvals.stepKey, stepKey),
        eq(approvals.status, 'open'),
      ),
    );
}
