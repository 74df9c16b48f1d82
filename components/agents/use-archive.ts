'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { useTRPC } from '@/lib/trpc/client';

type Named = { id: string; name: string };

/** Archives at once, with the way back in the toast. */
export function useArchive(): { archive: (agent: Named) => void; restore: (agent: Named) => void } {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries(trpc.agents.pathFilter());
  const archiving = useMutation(trpc.agents.archive.mutationOptions({ onSuccess, onError: toastError }));
  const restoring = useMutation(trpc.agents.restore.mutationOptions({ onSuccess, onError: toastError }));
  const restore = ({ id, name }: Named) =>
    restoring.mutate({ org: slug, agentId: id }, { onSuccess: () => toast(`${name} is back`) });
  const archive = (agent: Named) =>
    archiving.mutate(
      { org: slug, agentId: agent.id },
      {
        onSuccess: () =>
          toast(`${agent.name} is archived`, { action: { label: 'Undo', onClick: () => restore(agent) } }),
      },
    );
  return { archive, restore };
}
