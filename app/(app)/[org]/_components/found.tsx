import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import { TRPCError } from '@trpc/server';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { EmptyState } from '@/components/feedback/empty-state';
import { makeQueryClient } from '@/lib/trpc/query-client';
import type { prefetch } from '@/server/trpc/rsc';

/**
 * Reads one thing before its page renders, so that what does not exist is answered with 404 and what is not theirs
 * says so. Any other failure is left to the leaf, which asks again and shows it.
 */
export async function Found({ options, children }: { options: Parameters<typeof prefetch>[0]; children: ReactNode }) {
  const client = makeQueryClient();
  try {
    await client.fetchQuery(options);
  } catch (error) {
    if (error instanceof TRPCError && (error.code === 'NOT_FOUND' || error.code === 'BAD_REQUEST')) notFound();
    if (error instanceof TRPCError && error.code === 'FORBIDDEN') {
      return <EmptyState title="Your role does not include this">{error.message}</EmptyState>;
    }
    client.clear();
  }
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
