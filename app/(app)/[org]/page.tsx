import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Home } from './_components/home/home';

export const metadata: Metadata = { title: 'Home' };

export default async function HomePage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.runs.overview.queryOptions({ org }));
  prefetch(trpc.agents.list.queryOptions({ org, limit: 6 }));
  return (
    <HydrateClient>
      <Home />
    </HydrateClient>
  );
}
