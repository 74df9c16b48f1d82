import type { Metadata } from 'next';
import { HydrateClient, trpc } from '@/server/trpc/rsc';
import { Found } from '../../_components/found';
import { ToolPage } from '../_components/tool-page';

export const metadata: Metadata = { title: 'Tool' };

export default async function Page({ params }: { params: Promise<{ org: string; name: string }> }) {
  const { org, name } = await params;
  return (
    <Found options={trpc.tools.get.queryOptions({ org, name })}>
      <HydrateClient>
        <ToolPage key={name} name={name} />
      </HydrateClient>
    </Found>
  );
}
