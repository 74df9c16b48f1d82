'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { useOrg } from '@/components/frame/org-context';
import { Answer } from '@/components/run/answer';
import { AnswerFindings } from '@/components/run/answer-findings';
import { Findings } from '@/components/run/findings';
import { HeldBack } from '@/components/run/held-back';
import { Status } from '@/components/run/status';
import { useLiveRun } from '@/components/run/use-live-run';
import { Skeleton } from '@/components/ui/skeleton';
import { isEnded, type Run } from '@/lib/contracts/runs';
import { answerOf, openApprovals } from '@/lib/run-state';
import { useTRPC } from '@/lib/trpc/client';
import type { Sent } from './sent';
import { TurnSteps } from './turn-steps';

interface TurnProps {
  run: Sent;
  /** The agent has guardrails on what it is asked or answers. */
  isGuarded: boolean;
  onEnd: (runId: string) => void;
}

/** One message and what the agent made of it. */
export function Turn({ run, ...props }: TurnProps) {
  return isEnded(run.status) ? <PastTurn run={run} {...props} /> : <LiveTurn run={run} {...props} />;
}

/** A run that was over before the page was opened: read whole. */
function PastTurn({ run, ...props }: TurnProps) {
  const { slug } = useOrg();
  const { data } = useQuery(useTRPC().runs.get.queryOptions({ org: slug, runId: run.id }));
  return data ? <LiveTurn run={data} {...props} /> : <Skeleton className="h-16" />;
}

function LiveTurn({ run, isGuarded, onEnd }: Omit<TurnProps, 'run'> & { run: Sent | Run }) {
  const { slug } = useOrg();
  const view = useLiveRun(run);
  // What was sent is shown as it was kept: without what a guardrail took out of it.
  const { data: read } = useQuery(
    useTRPC().runs.get.queryOptions({ org: slug, runId: run.id }, { enabled: isGuarded && !('guarded' in run) }),
  );
  const whole = 'guarded' in run ? run : read;
  const answer = answerOf(view);
  const { status, errorCode, errorMessage } = view.run;
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
        {whole?.input ?? run.input ?? run.inputPreview}
      </p>
      {whole && whole.guarded.length > 0 && (
        <div className="-mt-1.5 justify-self-end">
          <Findings findings={whole.guarded} of="the request" />
        </div>
      )}
      <div className="grid gap-2">
        {settled.map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} />
        ))}
        {answer && <Answer text={answer} />}
        {openApprovals(view).map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} />
        ))}
        {whole?.holdsBack && <AnswerFindings view={view} />}
        {!answer && !ended && status !== 'waiting' && (
          <Thinking lost={view.isLost} heldBack={whole?.holdsBack ?? false} />
        )}
        {status === 'failed' && (
          <div className="rounded-md bg-failed-tint px-3 py-2">
            <p className="flex flex-wrap items-center gap-x-1.5">
              <Status status="failed" />
              {errorCode === 'guardrail_blocked' && <span className="text-failed">blocked by a guardrail</span>}
            </p>
            <p className="mt-0.5 text-failed">{errorMessage}</p>
          </div>
        )}
        {status === 'cancelled' && <Status status="cancelled" />}
        <TurnSteps view={view} />
      </div>
    </article>
  );
}

function Thinking({ lost, heldBack }: { lost: boolean; heldBack: boolean }) {
  return (
    <p className="flex items-center gap-2 text-muted-foreground">
      <Status status="running" className="[&>span]:sr-only" />
      <span>
        {lost ? 'The line is down; trying again. The run goes on.' : 'Working…'} {heldBack && <HeldBack />}
      </span>
    </p>
  );
}
