'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { useWorkspace } from '@/components/frame/workspace';
import type { AgentTemplate } from '@/lib/agent-templates';
import { useTRPC } from '@/lib/trpc/client';

/** Makes an agent of a template and opens it with its test conversation ready to type in. */
export function useCreateAgent(): { create: (template: AgentTemplate, name?: string) => void; busy: boolean } {
  const { slug } = useOrg();
  const { workspace } = useWorkspace();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const mutation = useMutation(
    trpc.agents.create.mutationOptions({
      onSuccess: (agent) => {
        queryClient.setQueryData(trpc.agents.get.queryKey({ org: slug, agentId: agent.id }), agent);
        void queryClient.invalidateQueries(trpc.agents.list.pathFilter());
        router.push(`/${slug}/agents/${agent.id}?test=1`);
      },
      onError: toastError,
    }),
  );
  return {
    busy: mutation.isPending || mutation.isSuccess,
    create: ({ name, description, spec }, named = name) =>
      mutation.mutate({ org: slug, name: named || 'Untitled agent', description, spec, workspaceId: workspace?.id }),
  };
}
