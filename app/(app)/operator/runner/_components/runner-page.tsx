'use client';

import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '@/components/feedback/empty-state';
import { ErrorState } from '@/components/feedback/error-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';
import type { RunnerOverview } from '@/lib/contracts/operator';
import { useTRPC } from '@/lib/trpc/client';
import { FunctionTable } from './function-table';
import { REFRESH_MS } from './refresh';
import { RunDetail } from './run-detail';
import { RunList } from './run-list';
import { RunnerFigures } from './runner-figures';

const PLACES: Record<RunnerOverview['place'], (host: string | null) => string> = {
  embedded: () => 'In the server processes, on this database',
  separate: (host) => `Processes of their own at ${host}, on this database`,
  elsewhere: (host) => `Inngest at ${host}`,
};

/** What executes the durable functions of this server, for the one person who runs it. */
export function RunnerPage() {
  const overview = useQuery(useTRPC().operator.runner.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  const { data } = overview;
  return (
    <>
      <PageHead title="Runner" facts={data && PLACES[data.place](data.host)} />
      {overview.isError && !data && <ErrorState error={overview.error} retry={() => overview.refetch()} />}
      {overview.isPending && <ListSkeleton />}
      {data?.place === 'elsewhere' && (
        <EmptyState title={`The functions are executed by ${data.host}`}>
          Its queue and its runs are not on this database, so only its own pages can show them. What agents did is here,
          as ever, under Runs.
        </EmptyState>
      )}
      {data && data.place !== 'elsewhere' && (
        <>
          <RunnerFigures overview={data} />
          <FunctionTable functions={data.functions} />
          <RunList functions={data.functions} />
          <RunDetail />
        </>
      )}
    </>
  );
}
