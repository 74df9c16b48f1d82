import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { DataKey } from './_components/data-key';
import { Secrets } from './_components/secrets';

export const metadata: Metadata = { title: 'Secrets' };

export default async function SecretsPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.secrets.list.queryOptions({ org }));
  prefetch(trpc.secrets.dataKey.queryOptions({ org }));
  return (
    <HydrateClient>
      <Secrets />
      <DataKey />
    </HydrateClient>
  );
}
