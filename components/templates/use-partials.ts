'use client';

import { useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import type { OfferedPartial } from '@/lib/contracts/partials';
import { useTRPC } from '@/lib/trpc/client';

/** The partials that a text may include; undefined until they are known. */
export function usePartials(): readonly OfferedPartial[] | undefined {
  const { slug } = useOrg();
  return useQuery(useTRPC().partials.offered.queryOptions({ org: slug })).data;
}
