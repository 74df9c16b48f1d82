import { Agent, request as send } from 'undici';

/** Carries a call to the SDK's serve handler and its answer back. */
export type Transport = (request: Request) => Promise<Response>;

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
  return async (request) => {
    const answer = await send(request.url, {
      method: request.method === 'PUT' ? 'PUT' : 'POST',
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
      signal: request.signal,
      dispatcher,
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) if (value) headers.set(name, [value].flat().join(', '));
    return new Response(await answer.body.text(), { status: answer.statusCode, headers });
  };
}
