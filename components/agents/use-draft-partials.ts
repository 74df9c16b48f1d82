'use client';

import { skipToken, useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import type { AgentSpec } from '@/lib/contracts/agents';
import { includedNames } from '@/lib/partials';
import { useTRPC } from '@/lib/trpc/client';

/** What the saved draft includes, as it would be published now. A draft that includes nothing asks for nothing. */
export function useDraftPartials(agentId: string, { instructions }: AgentSpec) {
  const { slug } = useOrg();
  const includes = includedNames(instructions).length > 0;
  return useQuery(
    useTRPC().agents.draftPartials.queryOptions(includes ? { org: slug, agentId } : skipToken, { staleTime: 0 }),
  );
}
