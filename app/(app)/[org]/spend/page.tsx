import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { SpendPage } from './_components/spend-page';
import { parseSpend } from './_components/spend-range';

export const metadata: Metadata = { title: 'Spend' };

export default async function Page({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const search = new URLSearchParams(await searchParams);
  const input = { org, ...parseSpend(search, Date.now()).input };
  prefetch(trpc.ledger.check.queryOptions({ org }));
  if (!search.has('workspace')) {
    prefetch(trpc.ledger.spend.queryOptions(input));
    prefetch(trpc.ledger.list.infiniteQueryOptions(input, paged));
  }
  return (
    <HydrateClient>
      <SpendPage />
    </HydrateClient>
  );
}
