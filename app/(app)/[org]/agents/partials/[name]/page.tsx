import type { Metadata } from 'next';
import { paged } from '@/components/data/paged';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Found } from '../../../_components/found';
import { PartialPage } from '../_components/partial-page';

export const metadata: Metadata = { title: 'Partial' };

export default async function Page({ params }: { params: Promise<{ org: string; name: string }> }) {
  const { org, name } = await params;
  prefetch(trpc.partials.uses.infiniteQueryOptions({ org, name }, paged));
  return (
    <Found options={trpc.partials.get.queryOptions({ org, name })}>
      <HydrateClient>
        <PartialPage key={name} name={name} />
      </HydrateClient>
    </Found>
  );
}
