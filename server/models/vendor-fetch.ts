import { Agent, fetch, type RequestInit } from 'undici';
import { Upstream } from '../errors';
import { createGuardedClient } from '../http/guarded';
import { REACHABLE } from '../http/reach';
import { joiningText } from './joined-text';

type Fetch = typeof globalThis.fetch;

/** More than any answer of a model, error pages included. */
const MAX_ANSWER_BYTES = 32_000_000;

/** To one provider at once: a call that waits for another's connection waits for its whole answer. */
const CONNECTIONS = { ofServer: 4_096, ofOrganization: 512 };

// One pool for the process: connections to a provider are kept for the next call.
const agent = new Agent({
  connect: { timeout: 10_000 },
  allowH2: false,
  connections: CONNECTIONS.ofServer,
  keepAliveTimeout: 30_000,
  // Time-outs of an answer are the caller's, who knows what it is waiting for.
  headersTimeout: 0,
  bodyTimeout: 0,
}).compose(joiningText);

/** For addresses the server's environment names: they may be private. */
export const serverFetch: Fetch = async (input, init) =>
  // Node's own fetch and undici's differ in nothing but where their types are declared.
  (await fetch(input as string, { ...(init as RequestInit), dispatcher: agent })) as unknown as Response;

/** `fetch` whose answers break off with an error after `maxBytes`. */
export const limited =
  (fetch: Fetch, maxBytes = MAX_ANSWER_BYTES): Fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    let size = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size <= maxBytes) return controller.enqueue(chunk);
        controller.error(
          new Upstream('The provider answers without end.', { reason: 'provider_broken_answer', retriable: false }),
        );
      },
    });
    return withBody(response, response.body.pipeThrough(counted));
  };

const withBody = ({ status, statusText, headers }: Response, body: ReadableStream<Uint8Array>): Response =>
  new Response(body, { status, statusText, headers: new Headers([...headers]) });

/** For addresses an organization saved: public ones, and what the operator allows besides; no endless answers. */
export const organizationFetch: Fetch = limited(
  createGuardedClient({ ...REACHABLE, connections: CONNECTIONS.ofOrganization }).streamThrough(joiningText),
);
