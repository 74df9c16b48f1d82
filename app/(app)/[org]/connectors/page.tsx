import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Connectors } from './_components/connectors';

export const metadata: Metadata = { title: 'Connectors' };

export default async function ConnectorsPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.connectors.list.queryOptions({ org }));
  return (
    <HydrateClient>
      <Connectors />
    </HydrateClient>
  );
}
