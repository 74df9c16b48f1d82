'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { Suspense, useDeferredValue } from 'react';
import { FilterField } from '@/components/data/filter-field';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { RelativeTime } from '@/components/data/relative-time';
import { EmptyState } from '@/components/feedback/empty-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import { MAX_QUERY } from '@/lib/contracts/paging';
import type { PartialSummary } from '@/lib/contracts/partials';
import { formatCount } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';

export function PartialsList() {
  const { can, slug } = useOrg();
  const [params, set] = useUrlParams();
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="Partials"
        facts={
          <>
            Texts that{' '}
            <Link href={`/${slug}/agents`} className="focus-ring rounded-sm text-link underline underline-offset-2">
              agents
            </Link>{' '}
            share in their instructions.
          </>
        }
        actions={can('agents:write') && <NewLink />}
      />
      <search className="flex px-4 pb-3 sm:px-6">
        <FilterField
          aria-label="Filter partials"
          placeholder="Filter by name or description"
          defaultValue={params.get('q') ?? ''}
          onChange={(event) => set({ q: event.target.value || null })}
        />
      </search>
      <Suspense fallback={<ListSkeleton />}>
        <Rows />
      </Suspense>
    </div>
  );
}

function NewLink() {
  const { slug } = useOrg();
  return (
    <Button asChild>
      <Link href={`/${slug}/agents/partials/new`}>
        <Plus /> New partial
      </Link>
    </Button>
  );
}

function Rows() {
  const { slug, can } = useOrg();
  const [params] = useUrlParams();
  const query = useDeferredValue((params.get('q') ?? '').slice(0, MAX_QUERY));
  const list = useSuspenseInfiniteQuery(useTRPC().partials.list.infiniteQueryOptions({ org: slug, query }, paged));
  const partials = list.data.pages.flatMap((page) => page.items);
  if (partials.length === 0 && query) return <EmptyState title="No partial matches" />;
  if (partials.length === 0) {
    return (
      <div className="border-t">
        <EmptyState title="No partials yet" action={can('agents:write') && <NewLink />}>
          Write once what several agents are told, such as a tone of voice; their instructions include it by its name.
        </EmptyState>
      </div>
    );
  }
  return (
    <>
      <ul className="border-t">
        {partials.map((partial) => (
          <Row key={partial.name} partial={partial} />
        ))}
      </ul>
      <LoadMore list={list} />
    </>
  );
}

function Row({ partial: { name, description, length, updatedAt } }: { partial: PartialSummary }) {
  const { slug } = useOrg();
  return (
    <li className="relative flex h-9 items-center gap-4 border-b px-4 transition-colors hover:bg-accent/60 has-[a:focus-visible]:bg-accent sm:px-6">
      <div className="flex min-w-0 flex-1 items-baseline gap-3">
        <Link
          href={`/${slug}/agents/partials/${name}`}
          data-row-link
          className="max-w-full shrink-0 truncate font-medium font-mono text-xs outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
        >
          {name}
        </Link>
        <span className="min-w-0 flex-1 truncate text-muted-foreground max-sm:hidden">{description}</span>
      </div>
      <span className="text-muted-foreground text-xs tabular-nums max-sm:hidden">
        {formatCount(length)} {length === 1 ? 'character' : 'characters'}
      </span>
      <RelativeTime date={updatedAt} className="w-18 shrink-0 text-right text-muted-foreground text-xs tabular-nums" />
    </li>
  );
}
