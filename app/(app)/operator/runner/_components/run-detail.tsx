'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { Duration } from '@/components/data/duration';
import { Id } from '@/components/data/id';
import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { ErrorState } from '@/components/feedback/error-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { toastError } from '@/components/feedback/toast-error';
import { useUrlParams } from '@/components/frame/url-params';
import { Status } from '@/components/run/status';
import { Button } from '@/components/ui/button';
import { Sheet, SheetContent, SheetDescription, SheetTitle } from '@/components/ui/sheet';
import type { RunnerRunDetail } from '@/lib/contracts/operator';
import { useTRPC } from '@/lib/trpc/client';
import { REFRESH_MS } from './refresh';
import { StepList } from './step-list';

/** The run that the address names, beside the list. */
export function RunDetail() {
  const [params, set] = useUrlParams();
  const runId = params.get('run');
  const run = useQuery(
    useTRPC().operator.run.queryOptions(
      { runId: runId ?? '' },
      { enabled: runId !== null, refetchInterval: (query) => (query.state.data?.endedAt ? false : REFRESH_MS) },
    ),
  );
  return (
    <Sheet open={runId !== null} onOpenChange={(open) => !open && set({ run: null })}>
      <SheetContent className="sm:max-w-xl">
        <div className="border-b px-5 py-4 pr-12">
          <SheetTitle className="truncate">{run.data?.functionId ?? 'Run'}</SheetTitle>
          <SheetDescription>{run.data ? `Started by ${run.data.eventName}` : 'Reading what it did'}</SheetDescription>
        </div>
        <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
          {run.isPending && <ListSkeleton rows={4} />}
          {run.isError && !run.data && <ErrorState error={run.error} retry={() => run.refetch()} />}
          {run.data && <Content run={run.data} />}
        </div>
      </SheetContent>
    </Sheet>
  );
}

function Content({ run }: { run: RunnerRunDetail }) {
  return (
    <>
      <Orders run={run} />
      <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1.5 px-5 pb-5">
        <Fact name="State">
          <Status status={run.status} className="text-xs" />
        </Fact>
        <Fact name="Run">
          <Id id={run.id} />
        </Fact>
        <Fact name="Event">
          <Id id={run.eventId} />
        </Fact>
        {run.parentRunId && (
          <Fact name="Invoked by">
            <Id id={run.parentRunId} />
          </Fact>
        )}
        <Fact name="Begun">
          <RelativeTime date={run.createdAt} />
        </Fact>
        <Fact name={run.endedAt ? 'Took' : 'For'}>
          <Duration from={run.createdAt} to={run.endedAt} className="tabular-nums" />
        </Fact>
        {run.attempt !== null && <Fact name="Attempt">{run.attempt}</Fact>}
        {run.nextAt && (
          <Fact name="Next due">
            <RelativeTime date={run.nextAt} />
          </Fact>
        )}
        {run.lastError && (
          <Fact name="Last error">
            <span className="whitespace-pre-wrap break-words text-failed">{run.lastError}</span>
          </Fact>
        )}
      </dl>
      <StepList steps={run.stepList} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Orders({ run }: { run: RunnerRunDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [cancelling, setCancelling] = useState(false);
  const options = {
    onSuccess: () => queryClient.invalidateQueries(trpc.operator.pathFilter()),
    onError: toastError,
  };
  const retry = useMutation(trpc.operator.retry.mutationOptions(options));
  const cancel = useMutation(
    trpc.operator.cancel.mutationOptions({ ...options, onSettled: () => setCancelling(false) }),
  );
  if (run.status === 'failed') {
    return (
      <div className="flex items-center gap-3 px-5 py-4">
        <Button variant="outline" disabled={retry.isPending} onClick={() => retry.mutate({ runId: run.id })}>
          <RotateCw /> Retry
        </Button>
        <p className="text-muted-foreground text-xs">From the step that failed it; what was done before is kept.</p>
      </div>
    );
  }
  if (run.endedAt) return <div className="pt-4" />;
  return (
    <div className="px-5 py-4">
      <Button variant="outline" onClick={() => setCancelling(true)}>
        <Ban /> Cancel
      </Button>
      <ConfirmDialog
        open={cancelling}
        onOpenChange={setCancelling}
        title="Cancel this run?"
        description="It ends where it is, and what waits for it hears that it was cancelled. A call that is executing is not broken off, but its result is dropped."
        action="Cancel the run"
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate({ runId: run.id })}
      />
    </div>
  );
}
