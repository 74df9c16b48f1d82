import type { OrgContext } from '../context';
import { watchRun } from '../runs/watch';

/** A run's events as server-sent events; an event's name is its type, its id says where to go on. */
export function runEventStream(ctx: OrgContext, runId: string, request: Request): Response {
  const left = new AbortController();
  const signal = AbortSignal.any([request.signal, left.signal]);
  const encoder = new TextEncoder();
  const events = watchRun(ctx, { runId }, signal);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await events.next();
        if (done) return controller.close();
        const { type, ...data } = value.event;
        controller.enqueue(encoder.encode(`id: ${value.id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`));
      } catch (error) {
        ctx.log.error({ err: error, run: runId }, 'event stream failed');
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
      location: `/api/v1/runs/${runId}`,
    },
  });
}
