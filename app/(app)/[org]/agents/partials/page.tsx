import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { MAX_QUERY } from '@/lib/contracts/paging';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { PartialsList } from './_components/partials-list';

export const metadata: Metadata = { title: 'Partials' };

export default async function PartialsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const query = (new URLSearchParams(await searchParams).get('q') ?? '').slice(0, MAX_QUERY);
  prefetch(trpc.partials.list.infiniteQueryOptions({ org, query }, paged));
  return (
    <HydrateClient>
      <PartialsList />
    </HydrateClient>
  );
}
