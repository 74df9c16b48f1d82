import { type Agent, type Dispatcher, fetch, type RequestInit, type Response } from 'undici';
import { causesOf } from '@/lib/causes';
import { domainErrorIn, Forbidden, Invalid, Upstream } from '../errors';
import { type AddressRules, createGuardedDispatcher } from './dispatcher';
import { orAborted } from './or-aborted';
import { follow, type Hop, isRedirect } from './redirect';
import { parseTarget } from './target';

/** The methods a caller may use. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

export interface GuardedRequest {
  method?: HttpMethod;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** For everything: look-up, connection, redirects, body. */
  timeoutMs?: number;
  /** Of the decompressed body; what is beyond is not read. */
  maxBytes?: number;
  /** When given, only these hosts and what is below them (`example.com` covers `api.example.com`). */
  allowHosts?: readonly string[];
  /** `answer`: what redirects is given back like any other answer. */
  redirects?: 'follow' | 'answer';
}

export interface GuardedResponse {
  status: number;
  headers: Record<string, string>;
  /** Decompressed. */
  body: Uint8Array;
  /** Where the answer came from, after redirects. */
  url: string;
  /** The body was longer than `maxBytes`. */
  truncated: boolean;
}

export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<GuardedResponse>;

const MAX_REDIRECTS = 5;
/** Headers that belong to the connection, or that would name another host than the one that was checked. */
const OURS =
  /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|expect|via|forwarded|x-forwarded-.*|proxy-.*|:.*)$/i;

/** The one client for everything that leaves this server on somebody's request. `rules` are for tests. */
export function createGuardedClient(rules: AddressRules = {}) {
  const { agent, resolve } = createGuardedDispatcher(rules);

  /**
   * Calls a public address and reads the answer, whatever its status.
   * @throws Invalid for a wrong request, Forbidden for an address that may not be called, Upstream (`tool_failed`) when
   * the other side fails or is too slow, the reason of `signal` when it is aborted.
   */
  const guardedFetch: GuardedFetch = async (address, request = {}) => {
    const {
      method = 'GET',
      headers = {},
      body,
      signal,
      timeoutMs = 30_000,
      maxBytes = 1_000_000,
      allowHosts,
      redirects: onRedirect = 'follow',
    } = request;
    const deadline = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    let hop: Hop = {
      url: parseTarget(address, allowHosts),
      method,
      headers: { 'user-agent': 'Muster/1', ...checkedHeaders(headers) },
      body,
    };
    if (body !== undefined && (method === 'GET' || method === 'HEAD'))
      throw new Invalid(`A ${method} request has no body.`);
    try {
      for (let redirects = 0; ; redirects += 1) {
        await orAborted(resolve(hop.url.hostname), either);
        const response = await send(agent, hop, either);
        if (!isRedirect(response.status) || onRedirect === 'answer') return await read(response, hop.url, maxBytes);
        await response.body?.cancel();
        if (redirects === MAX_REDIRECTS)
          throw failure(`${hop.url.host} redirects more than ${MAX_REDIRECTS} times.`, false);
        hop = follow(hop, response.status, response.headers.get('location') ?? undefined, allowHosts);
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (deadline.aborted) throw failure(`${hop.url.host} did not answer within ${timeoutMs / 1000} s.`, true);
      throw (
        domainErrorIn(error) ??
        failure(
          isRefused(error)
            ? `${hop.url.host} refuses connections. Check the address, and that its server runs.`
            : `${hop.url.host} could not be reached or broke off. Try again later.`,
          true,
          error,
        )
      );
    }
  };

  /**
   * `fetch` for vendors' clients, with the same checks, streaming and without redirects; what is answered goes through `interceptors`.
   * @throws like `guardedFetch`, but network errors are those of fetch.
   */
  const streamThrough = (...interceptors: Dispatcher.DispatcherComposeInterceptor[]): typeof globalThis.fetch => {
    const dispatcher = agent.compose(interceptors);
    return async (input, init) => {
      const url = parseTarget(input instanceof Request ? input.url : String(input));
      await resolve(url.hostname);
      // Node's own fetch and undici's differ in nothing but where their types are declared.
      const response = await fetch(url, { ...(init as RequestInit), dispatcher, redirect: 'manual' });
      if (isRedirect(response.status)) {
        await response.body?.cancel();
        throw new Forbidden(`${url.host} redirects elsewhere. Save the final address instead.`);
      }
      return response as unknown as globalThis.Response;
    };
  };

  return { fetch: guardedFetch, stream: streamThrough(), streamThrough, close: () => agent.close() };
}

const guarded = createGuardedClient();
export const guardedFetch = guarded.fetch;
export const guardedStream = guarded.stream;

function send(dispatcher: Agent, { url, method, headers, body }: Hop, signal: AbortSignal): Promise<Response> {
  return fetch(url, { method, headers, body, signal, dispatcher, redirect: 'manual', credentials: 'omit' });
}

function checkedHeaders(headers: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (OURS.test(name)) throw new Invalid(`The header ${JSON.stringify(name)} is set by the server. Leave it out.`);
    try {
      new Headers([[name, value]]);
    } catch {
      throw new Invalid(`${JSON.stringify(name)} is not a header, or its value has characters a header cannot hold.`);
    }
  }
  return Object.fromEntries(new Headers(headers));
}

async function read(response: Response, url: URL, maxBytes: number): Promise<GuardedResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Leaving the loop cancels the body, and with it the connection.
    if (size > maxBytes) break;
  }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(Buffer.concat(chunks, size).subarray(0, maxBytes)),
    url: url.href,
    truncated: size > maxBytes,
  };
}

const failure = (message: string, retriable: boolean, cause?: unknown) =>
  new Upstream(message, { reason: 'tool_failed', retriable, cause });

/** Nothing listens there: it is the address that is wrong, or its server is off. */
function isRefused(error: unknown): boolean {
  for (const { code } of causesOf(error)) if (code === 'ECONNREFUSED') return true;
  return false;
}
