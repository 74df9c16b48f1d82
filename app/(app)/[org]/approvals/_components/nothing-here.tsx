'use client';

import { EmptyState } from '@/components/feedback/empty-state';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import type { ListApprovalsInput } from '@/lib/contracts/approvals';

export function NothingHere({ filter }: { filter: Pick<ListApprovalsInput, 'state' | 'agentId'> }) {
  const [, set] = useUrlParams();
  const title = filter.state === 'open' ? 'Nothing waits for a decision' : 'Nothing was decided yet';
  if (filter.agentId) {
    return (
      <EmptyState
        title={`${title} for this agent`}
        action={
          <Button variant="outline" onClick={() => set({ agent: null })}>
            Show all agents
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState title={title}>
      Give an agent the tool “Ask a human”, or let one of its tools ask first: then its runs wait here, and go on when
      you decide.
    </EmptyState>
  );
}
