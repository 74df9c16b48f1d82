'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { Approval } from '@/lib/contracts/approvals';
import { useTRPC, useTRPCClient } from '@/lib/trpc/client';

/** Denies what is shown, after asking once. What others decided meanwhile stays as they decided it. */
export function DenyAll({ approvals }: { approvals: Approval[] }) {
  const { slug } = useOrg();
  const [asking, setAsking] = useState(false);
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const denyAll = useMutation({
    mutationFn: () =>
      Promise.allSettled(
        approvals.map(({ id }) =>
          client.approvals.decide.mutate({ org: slug, approvalId: id, decision: { type: 'deny', reason: '' } }),
        ),
      ),
    onSuccess: (outcomes) => {
      setAsking(false);
      const denied = outcomes.filter(({ status }) => status === 'fulfilled').length;
      if (denied > 0) toast(`Denied ${denied}`);
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) toastError(failed.reason);
    },
    onSettled: () => queryClient.invalidateQueries(trpc.approvals.pathFilter()),
  });
  if (approvals.length < 2) return null;
  return (
    <div className="pt-3">
      <Button size="sm" variant="ghost" onClick={() => setAsking(true)}>
        Deny all {approvals.length} shown…
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Deny all ${approvals.length}?`}
        description="No tool is run, no question is answered; the agents are told and go on without."
        action="Deny all"
        busy={denyAll.isPending}
        onConfirm={() => denyAll.mutate()}
      />
    </div>
  );
}
