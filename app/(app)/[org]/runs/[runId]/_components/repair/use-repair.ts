'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useOrg } from '@/components/frame/org-context';
import { useTRPC } from '@/lib/trpc/client';

/** The ways to make a new run out of this one; each leads to its page. */
export function useRepair({ onError }: { onError?: (error: unknown) => void } = {}) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const options = {
    onError,
    onSuccess: (next: { id: string }) => {
      void queryClient.invalidateQueries(trpc.runs.lineage.pathFilter());
      router.push(`/${slug}/runs/${next.id}`);
    },
  };
  const retry = useMutation(trpc.runs.retry.mutationOptions(options));
  const rerun = useMutation(trpc.runs.rerun.mutationOptions(options));
  const fork = useMutation(trpc.runs.fork.mutationOptions(options));
  return { org: slug, retry, rerun, fork };
}
