import { Agent, request as send } from 'undici';
import { sign } from './signature';

/** A call of a serve endpoint. */
export interface ServeRequest {
  method: 'POST' | 'PUT';
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  signal?: AbortSignal;
}

export interface ServeAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** Carries a call to the SDK's serve handler and its answer back. */
export type Transport = (request: ServeRequest) => Promise<ServeAnswer>;

/**
 * HTTP to the serve endpoint, the path production takes. A step may work for as long as it needs: nothing here ends a
 * call but its signal. Connections are kept, one for each call at the same time.
 */
export function httpTransport(): Transport {
  const dispatcher = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 10_000 },
    keepAliveTimeout: 4_000,
  });
  return async ({ url, ...request }) => {
    const answer = await send(url, { ...request, dispatcher });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) if (value) headers[name] = [value].flat().join(', ');
    return { status: answer.statusCode, headers, body: await answer.body.text() };
  };
}

/** Signs what leaves this process. The body must be canonical JSON. */
export function signed(transport: Transport, signingKey: string): Transport {
  return ({ headers, ...request }) =>
    transport({ ...request, headers: { ...headers, 'x-inngest-signature': sign(request.body, signingKey) } });
}

/** A handler of web requests in this process, as `inngest/edge` makes them. */
export function webTransport(handler: (request: Request) => Promise<Response>): Transport {
  return async ({ url, ...request }) => {
    const answer = await handler(new Request(url, request));
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  };
}
