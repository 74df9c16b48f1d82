'use client';

import { useQuery, useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { ArrowUp } from 'lucide-react';
import Link from 'next/link';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { EmptyState } from '@/components/feedback/empty-state';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { RunRow } from '@/components/run/run-row';
import { Button } from '@/components/ui/button';
import { useTRPC } from '@/lib/trpc/client';
import { CompareBar } from './compare-bar';
import { formatWhen } from './format-when';
import { useRunFilter } from './use-run-filter';
import { useSelection } from './use-selection';

const LOOK_MS = 5_000;

type ListInput = ReturnType<typeof useRunFilter>['input'] & { agentId?: string };

/** The runs that the query line asks for. */
export function RunRows() {
  const { input, agentName, isFiltered } = useRunFilter();
  if (agentName !== null) return <OfAgent name={agentName} input={input} />;
  return <Snapshot input={input} isFiltered={isFiltered} />;
}

function OfAgent({ name, input }: { name: string; input: ListInput }) {
  const { data } = useSuspenseQuery(
    useTRPC().agents.list.queryOptions(
      { org: input.org, query: name.slice(0, 200), status: ['draft', 'active', 'archived'], limit: 20 },
      { staleTime: 60_000 },
    ),
  );
  const agent = data.items.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? data.items[0];
  if (!agent) return <EmptyState title={`No agent is called “${name}”`}>Choose one from the suggestions.</EmptyState>;
  return <Snapshot input={{ ...input, agentId: agent.id }} isFiltered />;
}

/** A snapshot that stays as it is; what is new since announces itself. */
function Snapshot({ input, isFiltered }: { input: ListInput; isFiltered: boolean }) {
  const trpc = useTRPC();
  const list = useSuspenseInfiniteQuery(
    trpc.runs.list.infiniteQueryOptions(input, {
      ...paged,
      staleTime: Number.POSITIVE_INFINITY,
      // An empty list has no row to count from.
      refetchInterval: ({ state: { data } }) =>
        data?.pages.length === 1 && data.pages[0]?.items.length === 0 && !data.pages[0].nextCursor ? LOOK_MS : false,
    }),
  );
  const selection = useSelection();
  const runs = list.data.pages.flatMap((page) => page.items);
  const since = runs[0]?.id;
  const news = useQuery(
    trpc.runs.countNew.queryOptions(
      { ...input, since: since ?? '' },
      { enabled: since !== undefined, refetchInterval: LOOK_MS, staleTime: LOOK_MS },
    ),
  );
  const count = news.data?.count ?? 0;
  if (runs.length === 0 && !list.hasNextPage) return <Nothing isFiltered={isFiltered} />;
  return (
    <>
      <div aria-live="polite" className="pointer-events-none sticky top-2 z-10 flex h-0 justify-center">
        {count > 0 && (
          <Button
            size="sm"
            className="pointer-events-auto mt-1 rounded-full shadow-float"
            disabled={list.isRefetching}
            onClick={() => void list.refetch()}
          >
            <ArrowUp className="size-3.5" /> {count >= 100 ? '100+' : count} new
          </Button>
        )}
      </div>
      <ul className="border-t">
        {runs.map((run) => (
          <RunRow key={run.id} run={run} selection={selection} />
        ))}
      </ul>
      {isFiltered && list.hasNextPage && list.data.pages.at(-1)?.nextCursor && (
        <p role="status" className="px-4 pt-3 text-center text-muted-foreground text-xs sm:px-6">
          Searched the runs since {formatWhen(list.data.pages.at(-1)?.nextCursor)}; going on as you scroll.
        </p>
      )}
      <LoadMore list={list} />
      <CompareBar selection={selection} />
    </>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { slug } = useOrg();
  const [, set] = useUrlParams();
  if (isFiltered) {
    return (
      <EmptyState
        title="No run matches"
        action={
          <Button variant="outline" onClick={() => set({ q: null })}>
            Clear the filter
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      title="Nothing has run yet"
      action={
        <Button asChild>
          <Link href={`/${slug}/agents`}>Choose an agent</Link>
        </Button>
      }
    >
      Every message to an agent, from here or over HTTP, is a run you can look into.
    </EmptyState>
  );
}
