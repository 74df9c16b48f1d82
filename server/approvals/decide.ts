import { isDeepStrictEqual } from 'node:util';
import { approvalDecided } from '@/inngest/events';
import type { Approval, DecideApprovalInput, Decision } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, withTenant } from '../context';
import { Conflict, type DomainError, Forbidden, Invalid } from '../errors';
import { enqueueEvent } from '../outbox';
import { bumpRevision } from '../runs/service';
import type { Tool } from '../tools/tool';
import { openToolbox } from '../tools/toolbox';
import * as queries from './queries';

const STATUS_OF = { answer: 'answered', approve: 'approved', deny: 'denied' } as const;

/**
 * Decides what a run waits for; the first decision wins, and the run goes on with it.
 * @throws NotFound; Conflict when it is decided, cancelled or past its deadline; Forbidden when it is up to other people;
 * Invalid for arguments that the tool does not take.
 */
export async function decideApproval(
  ctx: OrgContext,
  { approvalId, decision }: DecideApprovalInput,
): Promise<Approval> {
  requirePermission(ctx, 'approvals:read');
  requirePermission(ctx, 'approvals:answer');
  return withTenant(ctx, async (tx) => {
    const { runId } = await queries.getApproval(tx, approvalId);
    // Whatever changes a run locks it first; from here on nobody else decides.
    await bumpRevision(tx, runId);
    const approval = await queries.getApproval(tx, approvalId);
    if (!approval.mayDecide) throw refusal(approval);
    const { type } = decision;
    const written = {
      status: STATUS_OF[type],
      answer: type === 'answer' ? decision.answer : undefined,
      reason: type === 'deny' ? decision.reason.trim() || undefined : undefined,
      edited: editedArguments(
        approval,
        decision,
        (await openToolbox(tx, [{ name: approval.tool }])).find(approval.tool),
      ),
    };
    if (!(await queries.updateDecision(tx, approvalId, written))) throw new Conflict(PAST);
    const { tool, stepKey, proposed } = approval;
    await recordAudit(tx, {
      action: `approval.${type}`,
      resourceType: 'approval',
      resourceId: approvalId,
      before: { runId, tool, arguments: proposed },
      after: { arguments: written.edited ?? proposed, answer: written.answer ?? null, reason: written.reason ?? null },
    });
    await enqueueEvent(tx, approvalDecided.create({ orgId: ctx.org.id, runId, stepKey }));
    return queries.getApproval(tx, approvalId);
  });
}

/** What a person approved in place of the proposal; undefined when it is the same. */
function editedArguments(
  { kind, tool: name, proposed }: Approval,
  decision: Decision,
  tool: Tool | undefined,
): JsonValue | undefined {
  if (decision.type === 'deny') return undefined;
  if ((decision.type === 'answer') !== (kind === 'question')) {
    throw new Invalid(
      kind === 'question'
        ? 'This is a question: answer it, or deny it.'
        : 'This is a tool call: approve it, or deny it.',
      { fields: { 'decision.type': 'not for this' } },
    );
  }
  if (decision.type !== 'approve' || decision.arguments === undefined) return undefined;
  const parsed = tool?.inputSchema.safeParse(decision.arguments);
  if (!parsed?.success) {
    const issues = parsed?.error.issues ?? [];
    const [first] = issues;
    throw new Invalid(
      `${name} does not take these arguments. ${first ? `${first.path.join('.')}: ${first.message}` : ''}`,
      {
        fields: Object.fromEntries(
          issues.map(({ path, message }) => [['decision', 'arguments', ...path].join('.'), message]),
        ),
      },
    );
  }
  return isDeepStrictEqual(decision.arguments, proposed) ? undefined : decision.arguments;
}

const PAST = 'The time to decide this is over.';

function refusal({ status, decidedByName, expiresAt, notByStarter, decider }: Approval): DomainError {
  if (status === 'cancelled') return new Conflict('The run is over; this needs no decision any more.');
  if (status === 'expired' || (status === 'open' && expiresAt <= new Date())) return new Conflict(PAST);
  if (status !== 'open') return new Conflict(`${decidedByName ?? 'Somebody'} has ${status} this already.`);
  if (decider) return new Forbidden('This is for other people to decide, as the agent says.');
  return new Forbidden(
    notByStarter ? 'You started the run, so somebody else has to decide this.' : 'You may not decide this.',
  );
}
