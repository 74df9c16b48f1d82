'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import type { BulkAgentsInput, BulkOutcome } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';

type Action = BulkAgentsInput['action'];

const DONE: Record<Action['type'], string> = {
  archive: 'archived',
  restore: 'restored',
  tag: 'tagged',
  untag: 'untagged',
};

const inverse = (action: Action): Action => {
  if ('tag' in action) return { ...action, type: action.type === 'tag' ? 'untag' : 'tag' };
  return { type: action.type === 'archive' ? 'restore' : 'archive' };
};

/** `3 archived, 1 refused: Support: this agent is archived.` */
function tell(type: Action['type'], outcomes: readonly BulkOutcome[]): string {
  const count = (wanted: BulkOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
  const reasons = refused.slice(0, 3).map(({ name, reason }) => `${name ?? 'An agent'}: ${reason}`);
  return [
    `${count('done')} ${DONE[type]}`,
    ...(count('unchanged') > 0 ? [`${count('unchanged')} as before`] : []),
    ...(refused.length > 0 ? [`${refused.length} refused: ${reasons.join(' ')}`] : []),
  ].join(', ');
}

/** Does the same to several agents, says what became of each, and offers the way back for those that changed. */
export function useBulk(): { change: (agentIds: string[], action: Action) => void; busy: boolean } {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // The bar that asked may be gone before the answer is here: what follows belongs to the mutation, not to the call.
  const mutation = useMutation(
    trpc.agents.bulk.mutationOptions({
      onSuccess: (outcomes, { action }) => {
        const done = outcomes.flatMap(({ outcome, agentId }) => (outcome === 'done' ? [agentId] : []));
        const undo = { label: 'Undo', onClick: () => change(done, inverse(action)) };
        toast(tell(action.type, outcomes), { action: done.length > 0 ? undo : undefined });
        return queryClient.invalidateQueries(trpc.agents.pathFilter());
      },
      onError: toastError,
    }),
  );
  const change = (agentIds: string[], action: Action) => mutation.mutate({ org: slug, agentIds, action });
  return { change, busy: mutation.isPending };
}
