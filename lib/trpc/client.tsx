'use client';

import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createTRPCClient,
  httpBatchStreamLink,
  httpSubscriptionLink,
  isTRPCClientError,
  retryLink,
  splitLink,
} from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useState } from 'react';
import superjson from 'superjson';
import type { AppRouter } from '@/server/trpc/root';
import { MAX_BATCH } from './batch';
import { makeQueryClient } from './query-client';

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

/** An answer of ours that says what went wrong; everything else is a bug or a broken line. */
export const isApiError = isTRPCClientError<AppRouter>;

/** The server refused a request before it looked at the calls in it, as one that is too large. `message` says why. */
export class RefusedRequest extends Error {}

/** @throws RefusedRequest */
const fetchCalls: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return response;
  const { detail } = (await response.json()) as { detail: string };
  throw new RefusedRequest(detail);
};

const url = '/api/trpc';

const makeClient = () =>
  createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: [
          // Without it one 502 from a proxy ends a subscription for ever.
          retryLink({ retry: () => true, retryDelayMs: (attempt) => Math.min(500 * 2 ** attempt, 3_000) }),
          httpSubscriptionLink({ url, transformer: superjson }),
        ],
        false: httpBatchStreamLink({ url, transformer: superjson, fetch: fetchCalls, maxItems: MAX_BATCH }),
      }),
    ],
  });

let browserQueryClient: QueryClient | undefined;
function getQueryClient(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient();
  browserQueryClient ??= makeQueryClient();
  return browserQueryClient;
}

/** Puts queries, mutations and subscriptions within reach of every component below. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const queryClient = getQueryClient();
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
