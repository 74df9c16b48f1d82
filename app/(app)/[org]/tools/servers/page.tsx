import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Servers } from './_components/servers';

export const metadata: Metadata = { title: 'MCP servers' };

export default async function ServersPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.tools.servers.list.queryOptions({ org }));
  return (
    <HydrateClient>
      <Servers />
    </HydrateClient>
  );
}
