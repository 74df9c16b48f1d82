import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Providers } from './_components/providers';

export const metadata: Metadata = { title: 'Providers' };

export default async function ProvidersPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.models.providers.queryOptions({ org }));
  return (
    <HydrateClient>
      <Providers />
    </HydrateClient>
  );
}
