import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Health } from './_components/health/health';
import { Providers } from './_components/providers';
import { Terms } from './_components/terms/terms';

export const metadata: Metadata = { title: 'Providers' };

export default async function ProvidersPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.models.providers.queryOptions({ org }));
  prefetch(trpc.models.health.queryOptions({ org }));
  prefetch(trpc.models.terms.queryOptions({ org }));
  return (
    <HydrateClient>
      <Providers />
      <Suspense fallback={<ListSkeleton />}>
        <Health />
      </Suspense>
      <Suspense fallback={<ListSkeleton />}>
        <Terms />
      </Suspense>
    </HydrateClient>
  );
}
