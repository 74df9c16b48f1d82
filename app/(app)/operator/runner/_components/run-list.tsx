'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { RelativeTime } from '@/components/data/relative-time';
import { EmptyState } from '@/components/feedback/empty-state';
import { ErrorState } from '@/components/feedback/error-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useUrlParams } from '@/components/frame/url-params';
import { Status } from '@/components/run/status';
import { Button } from '@/components/ui/button';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { ListRunnerRunsInput, type RunnerFunction, type RunnerRun } from '@/lib/contracts/operator';
import { useTRPC } from '@/lib/trpc/client';
import { REFRESH_MS } from './refresh';

const ALL = 'all';
const STATUSES = { active: 'Active', completed: 'Completed', failed: 'Failed', cancelled: 'Cancelled' };

/** Runs of every app, newest first; the filter is in the address. */
export function RunList({ functions }: { functions: RunnerFunction[] }) {
  const [params, set] = useUrlParams();
  const functionId = params.get('function');
  const status = ListRunnerRunsInput.shape.status.safeParse(params.get('status') ?? undefined).data;
  const list = useInfiniteQuery(
    useTRPC().operator.runs.infiniteQueryOptions(
      { status, functionId: functionId ?? undefined },
      // Further pages are left as they are: a list under somebody's eyes does not move.
      { ...paged, refetchInterval: (query) => (query.state.data?.pages.length === 1 ? REFRESH_MS : false) },
    ),
  );
  const runs = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section aria-labelledby="runs" className="pt-8">
      <div className="flex flex-wrap items-center gap-2 px-4 pb-3 sm:px-6">
        <h2 id="runs" className="mr-auto font-semibold text-base">
          Runs
        </h2>
        <Select value={status ?? ALL} onValueChange={(value) => set({ status: value === ALL ? null : value })}>
          <SelectTrigger className="w-36" aria-label="State of the runs">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            <SelectItem value={ALL}>All states</SelectItem>
            {Object.entries(STATUSES).map(([value, label]) => (
              <SelectItem key={value} value={value}>
                {label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
        <Select value={functionId ?? ALL} onValueChange={(value) => set({ function: value === ALL ? null : value })}>
          <SelectTrigger className="w-56" aria-label="Function of the runs">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            <SelectItem value={ALL}>All functions</SelectItem>
            {functions.map(({ id, name }) => (
              <SelectItem key={id} value={id} detail={id}>
                {name}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </div>
      {list.isError && runs.length === 0 && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.isPending && <ListSkeleton />}
      {list.isSuccess && runs.length === 0 && (
        <EmptyState
          title={status || functionId ? 'No run matches' : 'Nothing has run yet'}
          action={
            (status || functionId) && (
              <Button variant="outline" onClick={() => set({ status: null, function: null })}>
                Clear the filter
              </Button>
            )
          }
        />
      )}
      {runs.length > 0 && (
        <ul aria-label="Runs" className="border-t">
          {runs.map((run) => (
            <RunRow key={run.id} run={run} show={() => set({ run: run.id })} />
          ))}
        </ul>
      )}
      <LoadMore list={list} />
    </section>
  );
}

function RunRow({ run, show }: { run: RunnerRun; show: () => void }) {
  return (
    <li className="relative flex h-9 items-center gap-4 border-b px-4 transition-colors hover:bg-accent/60 has-[button:focus-visible]:bg-accent sm:px-6">
      <Status status={run.status} compact className="text-xs sm:w-24" />
      <button
        type="button"
        onClick={show}
        className="min-w-0 flex-1 truncate text-left outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
      >
        <span className="font-mono text-xs">{run.functionId}</span>
        {run.lastError && <span className="pl-3 text-failed">{run.lastError}</span>}
      </button>
      <span className="w-48 truncate font-mono text-muted-foreground text-xs max-lg:hidden">{run.eventName}</span>
      <span className="w-20 text-right text-muted-foreground text-xs tabular-nums max-sm:hidden">
        {run.attempt !== null && run.attempt > 1 ? `attempt ${run.attempt}` : ''}
      </span>
      <span className="w-16 text-right text-muted-foreground text-xs tabular-nums max-sm:hidden">
        {run.steps} {run.steps === 1 ? 'step' : 'steps'}
      </span>
      <RelativeTime
        date={run.createdAt}
        className="w-16 shrink-0 text-right text-muted-foreground text-xs tabular-nums"
      />
    </li>
  );
}
