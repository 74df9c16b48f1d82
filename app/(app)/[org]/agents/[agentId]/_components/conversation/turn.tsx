'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { Markdown } from '@/components/data/markdown';
import { useOrg } from '@/components/frame/org-context';
import { Status } from '@/components/run/status';
import { useLiveRun } from '@/components/run/use-live-run';
import { Skeleton } from '@/components/ui/skeleton';
import { isEnded, type Run } from '@/lib/contracts/runs';
import { answerOf, openApprovals } from '@/lib/run-state';
import { useTRPC } from '@/lib/trpc/client';
import type { Sent } from './sent';
import { TurnSteps } from './turn-steps';

/** One message and what the agent made of it. */
export function Turn({ run, onEnd }: { run: Sent; onEnd: (runId: string) => void }) {
  return isEnded(run.status) ? <PastTurn run={run} onEnd={onEnd} /> : <LiveTurn run={run} onEnd={onEnd} />;
}

/** A run that was over before the page was opened: read whole. */
function PastTurn({ run, onEnd }: { run: Sent; onEnd: (runId: string) => void }) {
  const { slug } = useOrg();
  const { data } = useQuery(useTRPC().runs.get.queryOptions({ org: slug, runId: run.id }));
  return data ? <LiveTurn run={data} onEnd={onEnd} /> : <Skeleton className="h-16" />;
}

function LiveTurn({ run, onEnd }: { run: Sent | Run; onEnd: (runId: string) => void }) {
  const view = useLiveRun(run);
  const answer = answerOf(view);
  const { status, errorMessage } = view.run;
  const { ended } = view;
  const settled = view.approvals.filter((approval) => approval.status !== 'open');
  const tellEnd = useRef(onEnd);
  tellEnd.current = onEnd;
  useEffect(() => {
    if (ended) tellEnd.current(run.id);
  }, [ended, run.id]);

  return (
    <article className="grid gap-3" aria-label={run.inputPreview}>
      <p className="max-w-[85%] justify-self-end whitespace-pre-wrap break-words rounded-lg bg-tint px-3 py-2 text-base">
        {run.input ?? run.inputPreview}
      </p>
      <div className="grid gap-2">
        {settled.map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} />
        ))}
        {answer && <Markdown text={answer} />}
        {openApprovals(view).map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} />
        ))}
        {!answer && !ended && status !== 'waiting' && <Thinking lost={view.isLost} />}
        {status === 'failed' && (
          <div className="rounded-md bg-failed-tint px-3 py-2">
            <Status status="failed" />
            <p className="mt-0.5 text-failed">{errorMessage}</p>
          </div>
        )}
        {status === 'cancelled' && <Status status="cancelled" />}
        <TurnSteps view={view} />
      </div>
    </article>
  );
}

function Thinking({ lost }: { lost: boolean }) {
  return (
    <p className="flex items-center gap-2 text-muted-foreground">
      <Status status="running" className="[&>span]:sr-only" />
      {lost ? 'The line is down; trying again. The run goes on.' : 'Working…'}
    </p>
  );
}
