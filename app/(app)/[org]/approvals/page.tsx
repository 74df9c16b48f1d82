import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Inbox } from './_components/inbox';
import { inboxFilter } from './_components/inbox-filter';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const search = new URLSearchParams(await searchParams);
  prefetch(trpc.approvals.list.infiniteQueryOptions({ org, ...inboxFilter(search) }, paged));
  return (
    <HydrateClient>
      <Inbox />
    </HydrateClient>
  );
}
