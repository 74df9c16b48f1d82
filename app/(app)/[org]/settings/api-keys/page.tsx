import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { ApiKeys } from './_components/api-keys';

export const metadata: Metadata = { title: 'API keys' };

export default async function ApiKeysPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.apiKeys.list.queryOptions({ org }));
  return (
    <HydrateClient>
      <ApiKeys />
    </HydrateClient>
  );
}
