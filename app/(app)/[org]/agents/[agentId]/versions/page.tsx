import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Found } from '../../../_components/found';
import { Versions } from './_components/versions';

export const metadata: Metadata = { title: 'Versions' };

export default async function VersionsPage({ params }: { params: Promise<{ org: string; agentId: string }> }) {
  const { org, agentId } = await params;
  prefetch(trpc.agents.versions.infiniteQueryOptions({ org, agentId }, paged));
  return (
    <Found options={trpc.agents.get.queryOptions({ org, agentId })}>
      <HydrateClient>
        <Versions agentId={agentId} />
      </HydrateClient>
    </Found>
  );
}
