import type { Metadata } from 'next';
import { HydrateClient, trpc } from '@/server/trpc/rsc';
import { Found } from '../../../_components/found';
import { ServerPage } from '../_components/server-page';

export const metadata: Metadata = { title: 'MCP server' };

export default async function Page({ params }: { params: Promise<{ org: string; name: string }> }) {
  const { org, name } = await params;
  return (
    <Found options={trpc.tools.servers.get.queryOptions({ org, name })}>
      <HydrateClient>
        <ServerPage key={name} name={name} />
      </HydrateClient>
    </Found>
  );
}
