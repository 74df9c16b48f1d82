import 'server-only';
import { dehydrate, type FetchInfiniteQueryOptions, HydrationBoundary } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { headers } from 'next/headers';
import { cache, type ReactNode } from 'react';
import { makeQueryClient } from '@/lib/trpc/query-client';
import { createContext } from './init';
import { appRouter } from './root';

const getQueryClient = cache(makeQueryClient);

const requestContext = cache(async () => createContext({ headers: await headers() }));

/** The router for server components: options that a client component uses unchanged. */
export const trpc = createTRPCOptionsProxy({
  ctx: requestContext,
  router: appRouter,
  queryClient: getQueryClient,
});

/** Options of a query or of an infinite query, as `trpc` gives them; the latter has a first page. */
interface Prefetchable {
  queryKey: readonly unknown[];
}

/** Starts a query on the server; the leaf that suspends on it finds the answer on its way. */
export function prefetch(options: Prefetchable): void {
  const client = getQueryClient();
  if ('initialPageParam' in options) void client.prefetchInfiniteQuery(options as FetchInfiniteQueryOptions);
  else void client.prefetchQuery(options);
}

/**
 * Hands what was prefetched inside it to the browser. Next renders a page also where its layout shows the way to sign-in
 * instead: nothing is handed over then.
 */
export async function HydrateClient({ children }: { children: ReactNode }) {
  if (!(await requestContext()).session) return null;
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
