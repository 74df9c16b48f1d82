import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { AgentsList } from './_components/agents-list';
import { agentFilter } from './_components/list-input';

export const metadata: Metadata = { title: 'Agents' };

export default async function AgentsPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string>>;
}) {
  const { org } = await params;
  const search = new URLSearchParams(await searchParams);
  if (!search.has('workspace')) {
    prefetch(trpc.agents.list.infiniteQueryOptions({ org, ...agentFilter(search) }, paged));
  }
  return (
    <HydrateClient>
      <AgentsList />
    </HydrateClient>
  );
}
