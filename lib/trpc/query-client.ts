import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query';
import superjson from 'superjson';

/** One per browser tab, one per request on the server. Queries still under way are handed over too. */
export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 10_000, retry: false },
      dehydrate: {
        serializeData: superjson.stringify,
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
        // Next itself hides what a server error says; it must see it to tell a redirect from a failure.
        shouldRedactErrors: () => false,
      },
      hydrate: { deserializeData: superjson.parse },
    },
  });
