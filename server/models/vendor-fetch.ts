import { Agent, fetch, type RequestInit } from 'undici';
import { Upstream } from '../errors';
import { connectorStream } from '../http/reach';
import { JoinedText } from './joined-text';

type Fetch = typeof globalThis.fetch;

/** More than any answer of a model, error pages included. */
const MAX_ANSWER_BYTES = 32_000_000;

// One pool for the process: connections to a provider are kept for the next call.
const agent = new Agent({
  connect: { timeout: 10_000 },
  allowH2: false,
  connections: 256,
  keepAliveTimeout: 30_000,
  // Time-outs of an answer are the caller's, who knows what it is waiting for.
  headersTimeout: 0,
  bodyTimeout: 0,
});

/** For addresses the server's environment names: they may be private. */
export const serverFetch: Fetch = async (input, init) =>
  // Node's own fetch and undici's differ in nothing but where their types are declared.
  (await fetch(input as string, { ...(init as RequestInit), dispatcher: agent })) as unknown as Response;

/** `fetch` whose answers break off with an error after `maxBytes`. */
export const limited =
  (fetch: Fetch, maxBytes = MAX_ANSWER_BYTES): Fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    let size = 0;
    return through(response, (chunk) => {
      size += chunk?.byteLength ?? 0;
      if (size <= maxBytes) return chunk;
      throw new Upstream('The provider answers without end.', { reason: 'provider_broken_answer', retriable: false });
    });
  };

/** `fetch` of chat completions, whose pieces of text that come together are one. */
export const joiningText =
  (fetch: Fetch): Fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
    const joined = new JoinedText();
    const encoder = new TextEncoder();
    return through(response, (chunk) => {
      const text = chunk ? joined.push(chunk) : joined.end();
      return text === '' ? undefined : encoder.encode(text);
    });
  };

/** A response with a body that `change` makes of the other's chunks; it is asked once more at the end, with undefined. */
function through(response: Response, change: (chunk: Uint8Array | undefined) => Uint8Array | undefined): Response {
  if (!response.body) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            const { done, value } = await reader.read();
            const changed = change(value);
            if (changed) controller.enqueue(changed);
            if (done) return controller.close();
            if (changed) return;
          }
        } catch (error) {
          await reader.cancel(error).catch(() => {});
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers: new Headers([...headers]) });
}

/** For addresses an organization saved: public ones, and what the operator allows besides; no endless answers. */
export const organizationFetch: Fetch = limited(connectorStream);
