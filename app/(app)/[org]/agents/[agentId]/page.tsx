import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Found } from '../../_components/found';
import { AgentEditor } from './_components/agent-editor';

export const metadata: Metadata = { title: 'Agent' };

export default async function AgentPage({ params }: { params: Promise<{ org: string; agentId: string }> }) {
  const { org, agentId } = await params;
  prefetch(trpc.models.list.queryOptions({ org }));
  prefetch(trpc.tools.offered.queryOptions({ org }));
  return (
    <Found options={trpc.agents.get.queryOptions({ org, agentId })}>
      <HydrateClient>
        <AgentEditor key={agentId} agentId={agentId} />
      </HydrateClient>
    </Found>
  );
}
