import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';

type Result = { ok: true; data: unknown } | { ok: false; error: TRPCError };

/**
 * Makes a procedure fail with what `handle` returns for its error. A subscription fails while it is read, long after its
 * procedure returned: that is handled alike.
 */
export async function onFailure<R extends Result>(
  result: R,
  handle: (error: TRPCError) => Promise<TRPCError>,
): Promise<R> {
  if (!result.ok) throw await handle(result.error);
  return isStream(result.data) ? { ...result, data: handled(result.data, handle) } : result;
}

async function* handled(events: AsyncIterable<unknown>, handle: (error: TRPCError) => Promise<TRPCError>) {
  try {
    yield* events;
  } catch (error) {
    throw await handle(getTRPCErrorFromUnknown(error));
  }
}

const isStream = (data: unknown): data is AsyncIterable<unknown> =>
  typeof data === 'object' && data !== null && Symbol.asyncIterator in data;
