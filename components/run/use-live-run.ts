'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useReducer, useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import type { Run, RunSummary } from '@/lib/contracts/runs';
import { applyRunEvent, type RunView, viewOfRun } from '@/lib/run-state';
import { useTRPC } from '@/lib/trpc/client';

/**
 * A run as it goes on. What `initial` holds is not asked for again, and after a break of the line the server tells only
 * what is new. `isLost`: the line is down and being tried again.
 */
export function useLiveRun(initial: Run | RunSummary): RunView & { isLost: boolean } {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [view, tell] = useReducer(applyRunEvent, initial, viewOfRun);
  const [lastEventId] = useState(() => ('spans' in initial ? `${initial.revision}.0.0` : null));
  const [opened, setOpened] = useState(false);
  const runId = initial.id;
  const { status } = useSubscription(
    trpc.runs.watch.subscriptionOptions(
      { org: slug, runId, lastEventId },
      {
        enabled: !view.ended,
        onStarted: () => setOpened(true),
        onData: ({ data }) => {
          tell(data);
          if (data.type !== 'end') return;
          void queryClient.invalidateQueries(trpc.runs.get.queryFilter({ org: slug, runId }));
          void queryClient.invalidateQueries(trpc.runs.overview.pathFilter());
        },
      },
    ),
  );
  return { ...view, isLost: opened && (status === 'error' || status === 'connecting') };
}
