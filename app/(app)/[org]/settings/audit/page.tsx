import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { MAX_QUERY } from '@/lib/contracts/paging';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Audit } from './_components/audit';

export const metadata: Metadata = { title: 'Audit' };

export default async function AuditPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const { q = '' } = await searchParams;
  prefetch(trpc.audit.list.infiniteQueryOptions({ org, query: String(q).slice(0, MAX_QUERY) }, paged));
  return (
    <HydrateClient>
      <Audit />
    </HydrateClient>
  );
}
