import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { MAX_QUERY } from '@/lib/contracts/paging';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { ToolsList } from './_components/tools-list';

export const metadata: Metadata = { title: 'Tools' };

export default async function ToolsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const query = (new URLSearchParams(await searchParams).get('q') ?? '').slice(0, MAX_QUERY);
  prefetch(trpc.tools.list.infiniteQueryOptions({ org, query }, paged));
  return (
    <HydrateClient>
      <ToolsList />
    </HydrateClient>
  );
}
