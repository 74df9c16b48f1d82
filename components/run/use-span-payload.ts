'use client';

import { useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import type { Span } from '@/lib/contracts/runs';
import { useTRPC } from '@/lib/trpc/client';

/** Exactly what went into a span and came out of it; asked for again whenever the span has changed. */
export function useSpanPayload(runId: string, span: Span, enabled = true) {
  const { slug } = useOrg();
  const options = useTRPC().runs.span.queryOptions({ org: slug, runId, seq: span.seq });
  return useQuery({
    ...options,
    queryKey: [...options.queryKey, { revision: span.revision }] as unknown as typeof options.queryKey,
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => previous,
  });
}
