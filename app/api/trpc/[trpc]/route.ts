import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { MAX_BATCH } from '@/lib/trpc/batch';
import { toResponse } from '@/server/api/problem';
import { boundedRequest } from '@/server/request-body';
import { createContext } from '@/server/trpc/init';
import { appRouter } from '@/server/trpc/root';

async function handler(request: Request): Promise<Response> {
  try {
    return await fetchRequestHandler({
      endpoint: '/api/trpc',
      req: await boundedRequest(request),
      router: appRouter,
      maxBatchSize: MAX_BATCH,
      createContext: ({ req }) => createContext({ headers: req.headers }),
      responseMeta: ({ errors }) =>
        errors.some(({ code }) => code === 'SERVICE_UNAVAILABLE') ? { headers: { 'retry-after': '2' } } : {},
    });
  } catch (error) {
    return toResponse(error, request);
  }
}

export { handler as GET, handler as POST };
