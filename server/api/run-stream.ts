import type { RunEvent } from '@/lib/contracts/runs';
import type { OrgContext } from '../context';
import { crashPoint } from '../crash-point';
import { NotFound } from '../errors';
import { orStopping, watchRun } from '../runs/watch';

/** Comes when nothing else does, so that proxies and clients know that the line is good. */
const PING_MS = 15_000;

type Watch<E extends { type: string }> = (
  lastEventId: string | undefined,
  signal: AbortSignal,
) => AsyncGenerator<{ id: string; event: E }>;

/**
 * A run's events as server-sent events: an event's name is its type, its id says where to go on with `Last-Event-ID`. Written
 * as fast as it is read: who reads slowly is told less often, and holds nothing up.
 * @throws NotFound
 */
export const runEventStream = (
  ctx: OrgContext,
  runId: string,
  request: Request,
  watch: Watch<RunEvent> = (lastEventId, signal) => watchRun(ctx, { runId, lastEventId }, signal),
): Promise<Response> =>
  eventStream(watch, request, {
    log: ctx.log.child({ run: runId }),
    headers: { location: `/api/v1/runs/${runId}` },
  });

/** What `watch` tells as server-sent events. @throws what it does before its first event */
export async function eventStream(
  watch: Watch<{ type: string }>,
  request: Request,
  { log, headers }: { log: OrgContext['log']; headers?: Record<string, string> },
): Promise<Response> {
  const left = new AbortController();
  const signal = orStopping(AbortSignal.any([request.signal, left.signal]));
  const encoder = new TextEncoder();
  const events = watch(request.headers.get('last-event-id')?.slice(0, 40), signal);
  // A run that is not there is an answer of its own, not a stream.
  let next: ReturnType<typeof events.next> | undefined = Promise.resolve(await events.next());
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        next ??= events.next();
        const ping = timer(PING_MS);
        const result = await Promise.race([next, ping.over]);
        ping.stop();
        // Who asked has left; nobody takes anything more.
        if (left.signal.aborted) return;
        if (!result) return controller.enqueue(encoder.encode(': ping\n\n'));
        next = undefined;
        if (result.done) return controller.close();
        const { type, ...data } = result.value.event;
        if (type === 'text') crashPoint('stream.before-effect');
        controller.enqueue(encoder.encode(`id: ${result.value.id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`));
        if (type === 'text') crashPoint('stream.before-checkpoint');
        if (type === 'end') crashPoint('stream.after-checkpoint');
      } catch (error) {
        // It may not be watched any more.
        if (error instanceof NotFound) return controller.close();
        log.error({ err: error }, 'event stream failed');
        controller.error(error);
      }
    },
    async cancel() {
      left.abort();
      await events.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      ...headers,
    },
  });
}

function timer(ms: number): { over: Promise<undefined>; stop(): void } {
  let id: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((done) => {
    id = setTimeout(done, ms, undefined);
  });
  return { over, stop: () => clearTimeout(id) };
}
