'use client';

import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Cost } from '@/components/data/cost';
import { RelativeTime } from '@/components/data/relative-time';
import { EmptyState } from '@/components/feedback/empty-state';
import { ErrorState } from '@/components/feedback/error-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Status } from '@/components/run/status';
import { useTRPC } from '@/lib/trpc/client';

/** What to compare a run with: its re-runs first, then the other runs of its agent. */
export function PickRun({ runId }: { runId: string }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const { data: run } = useSuspenseQuery(trpc.runs.get.queryOptions({ org: slug, runId }));
  const lineage = useQuery(trpc.runs.lineage.queryOptions({ org: slug, runId }));
  const others = useQuery(trpc.runs.list.queryOptions({ org: slug, agentId: run.agentId, limit: 50 }));
  const related = [lineage.data?.of ?? [], lineage.data?.reruns ?? []].flat();
  const known = new Set([runId, ...related.map(({ id }) => id)]);
  const choices = [...related, ...(others.data?.items ?? []).filter(({ id }) => !known.has(id))];
  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title="Compare with" />
      {others.isPending && <ListSkeleton />}
      {others.isError && <ErrorState error={others.error} retry={() => void others.refetch()} />}
      {others.data && choices.length === 0 && (
        <EmptyState title="There is no other run of this agent yet">Run it again, and compare the two.</EmptyState>
      )}
      <ul className="border-t">
        {choices.map((other) => {
          const [a, b] = [runId, other.id].toSorted();
          return (
            <li
              key={other.id}
              className="relative flex h-9 items-center gap-4 border-b px-4 hover:bg-accent/60 has-[a:focus-visible]:bg-accent sm:px-6"
            >
              <Status status={other.status} compact className="text-xs sm:w-24" />
              <Link
                data-row-link
                href={`/${slug}/runs/compare?a=${a}&b=${b}`}
                className="min-w-0 flex-1 truncate outline-none after:absolute after:inset-0"
              >
                {other.inputPreview}
              </Link>
              {known.has(other.id) && <span className="text-muted-foreground text-xs">re-run</span>}
              <Cost micros={other.costMicros} className="w-20 text-right text-xs max-sm:hidden" />
              <RelativeTime date={other.createdAt} className="w-16 text-right text-muted-foreground text-xs" />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
