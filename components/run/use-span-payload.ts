'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import type { Span } from '@/lib/contracts/runs';
import { useTRPCClient } from '@/lib/trpc/client';

/** Exactly what went into a span and came out of it; asked for again whenever the span has changed. */
export function useSpanPayload(runId: string, { seq, revision }: Pick<Span, 'seq' | 'revision'>, enabled = true) {
  const { slug } = useOrg();
  const client = useTRPCClient();
  return useQuery({
    queryKey: ['span-payload', slug, runId, seq, revision],
    queryFn: ({ signal }) => client.runs.span.query({ org: slug, runId, seq }, { signal }),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}
