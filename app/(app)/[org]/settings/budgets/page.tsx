import type { Metadata } from 'next';
import { HydrateClient, prefetch, trpc } from '@/server/trpc/rsc';
import { Budgets } from './_components/budgets';

export const metadata: Metadata = { title: 'Budgets' };

export default async function BudgetsPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  prefetch(trpc.budgets.list.queryOptions({ org }));
  return (
    <HydrateClient>
      <Budgets />
    </HydrateClient>
  );
}
