import 'server-only';
import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import { createTRPCOptionsProxy, type TRPCQueryOptions } from '@trpc/tanstack-react-query';
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

/** Starts a query on the server; the leaf that suspends on it finds the answer on its way. */
// biome-ignore lint/suspicious/noExplicitAny: the options of any procedure
export function prefetch<T extends ReturnType<TRPCQueryOptions<any>>>(options: T): void {
  const client = getQueryClient();
  if (options.queryKey[1]?.type === 'infinite') void client.prefetchInfiniteQuery(options as never);
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
