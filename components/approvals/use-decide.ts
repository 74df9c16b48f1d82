'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import type { Approval, Decision } from '@/lib/contracts/approvals';
import { useTRPC } from '@/lib/trpc/client';

const STATUS_OF = { answer: 'answered', approve: 'approved', deny: 'denied' } as const;

/** Shown as decided at once; open again, with the reason, when somebody else was quicker or it is refused. */
export function useDecide(approval: Approval) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mutation = useMutation(
    trpc.approvals.decide.mutationOptions({
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.approvals.pathFilter()),
          queryClient.invalidateQueries(trpc.runs.overview.pathFilter()),
        ]),
    }),
  );
  const decide = (decision: Decision) => mutation.mutate({ org: slug, approvalId: approval.id, decision });
  // Always what `decide` was given.
  const sent = mutation.isPending ? (mutation.variables.decision as Decision) : undefined;
  const shown = approval.status !== 'open' ? approval : sent ? asDecided(approval, sent) : (mutation.data ?? approval);
  return { shown, isDone: approval.status !== 'open' || mutation.data !== undefined, decide, error: mutation.error };
}

const asDecided = (approval: Approval, decision: Decision): Approval => ({
  ...approval,
  status: STATUS_OF[decision.type],
  answer: decision.type === 'answer' ? decision.answer : null,
  reason: decision.type === 'deny' ? decision.reason : null,
  edited: decision.type === 'approve' ? (decision.arguments ?? null) : null,
  decidedByName: 'You',
  decidedAt: new Date(),
});
