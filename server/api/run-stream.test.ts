import { expect, test, vi } from 'vitest';
import type { OrgContext } from '../context';
import { eventStream } from './run-stream';

const turn = () => new Promise((next) => setImmediate(next));

test('who leaves a stream ends its watch, and nothing is said of it', async () => {
  const error = vi.fn();
  const log = { error } as unknown as OrgContext['log'];
  const ended = Promise.withResolvers<void>();
  async function* watch(_lastEventId: string | undefined, signal: AbortSignal) {
    yield { id: '0', event: { type: 'run' } };
    await new Promise((left) => signal.addEventListener('abort', left, { once: true }));
    ended.resolve();
  }
  const answer = await eventStream(watch, new Request('http://localhost/'), { log });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('id: 0\nevent: run\ndata: {}\n\n');
  const pending = reader.read();
  await turn();
  await reader.cancel();
  await ended.promise;
  expect(await pending).toMatchObject({ done: true });
  // Whatever the stream does about its end, it has done now.
  await turn();
  expect(error).not.toHaveBeenCalled();
});
