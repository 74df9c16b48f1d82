import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { runFilter } from './_components/run-filter';
import { parseRunQuery } from './_components/run-query';
import { RunsList } from './_components/runs-list';

export const metadata: Metadata = { title: 'Runs' };

export default async function RunsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const search = new URLSearchParams(await searchParams);
  const query = parseRunQuery(search.get('q') ?? '');
  if (!search.has('workspace') && query.agent === null) {
    prefetch(trpc.runs.list.infiniteQueryOptions({ org, ...runFilter(query) }, paged));
  }
  return (
    <HydrateClient>
      <RunsList />
    </HydrateClient>
  );
}
