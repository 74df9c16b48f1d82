'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { useTRPC, useTRPCClient } from '@/lib/trpc/client';

type Named = { id: string; name: string };

/**
 * Archives at once, with the way back in the toast. The row that asked may be gone before the answer is here, so what follows
 * belongs to the mutation and not to the call.
 */
export function useArchive(): { archive: (agent: Named) => void; restore: (agent: Named) => void } {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const { agents } = useTRPCClient();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries(trpc.agents.pathFilter());
  const { mutate: restore } = useMutation({
    mutationFn: ({ id }: Named) => agents.restore.mutate({ org: slug, agentId: id }),
    onSuccess: (_, { name }) => {
      toast(`${name} is back`);
      return refresh();
    },
    onError: toastError,
  });
  const { mutate: archive } = useMutation({
    mutationFn: ({ id }: Named) => agents.archive.mutate({ org: slug, agentId: id }),
    onSuccess: (_, agent) => {
      toast(`${agent.name} is archived`, { action: { label: 'Undo', onClick: () => restore(agent) } });
      return refresh();
    },
    onError: toastError,
  });
  return { archive, restore };
}
