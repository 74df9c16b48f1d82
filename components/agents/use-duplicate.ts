'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { useTRPC } from '@/lib/trpc/client';

/** Makes a copy of an agent's draft and opens it. */
export function useDuplicate(): (agent: { id: string }) => void {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { mutate } = useMutation(
    trpc.agents.duplicate.mutationOptions({
      onSuccess: (copy) => {
        queryClient.setQueryData(trpc.agents.get.queryKey({ org: slug, agentId: copy.id }), copy);
        void queryClient.invalidateQueries(trpc.agents.list.pathFilter());
        router.push(`/${slug}/agents/${copy.id}`);
      },
      onError: toastError,
    }),
  );
  return ({ id }) => mutate({ org: slug, agentId: id });
}
