import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { direct } from './direct';
import { handlers, type RouteHandler } from './handlers';

const routes = new Map([
  ['/api/v1/things/7%2F8/parts/b', '/api/v1/things/[thingId]/parts/[part]'],
  ['/api/v1/things', '/api/v1/things'],
  ['/api/v1/things/export', '/api/v1/things/export'],
]);
const server = createServer(
  direct((_request, response) => void response.end('pages'), {
    routeOf: (path) => routes.get(path) ?? 'other',
    headersOf: (path) => new Map([['X-For', path]]),
  }),
);
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close().closeAllConnections();
  for (const name of handlers.keys()) if (name.includes('/things')) handlers.delete(name);
});

const handle = (method: string, handler: RouteHandler, route = '/api/v1/things') =>
  handlers.set(`${method} ${route}`, handler);
const urlOf = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const ask = (path: string, init?: RequestInit) => fetch(urlOf(path), init);

/** As it came over the line. */
async function raw(path: string, headers: Record<string, string>) {
  const asking = request(urlOf(path), { headers }).end();
  const [response] = await once(asking, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { headers: response.headers, body: Buffer.concat(chunks) };
}

test('a handler is called with its request and its parameters; its answer gets the headers of all answers', async () => {
  const route = '/api/v1/things/[thingId]/parts/[part]';
  handle(
    'POST',
    async (request, { params }) =>
      Response.json(
        { method: request.method, url: request.url, body: await request.text(), ...(await params) },
        { status: 201, headers: { location: '/there' } },
      ),
    route,
  );
  const answer = await ask('/api/v1/things/7%2F8/parts/b?x=1', { method: 'POST', body: 'ü' });
  expect(answer.status).toBe(201);
  expect(answer.statusText).toBe('Created');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(await answer.clone().text())),
    location: '/there',
    'x-for': '/api/v1/things/7%2F8/parts/b',
  });
  expect(await answer.json()).toMatchObject({ method: 'POST', body: 'ü', thingId: '7/8', part: 'b' });
});

test('what no handler was loaded for is left to the pages: other methods, other routes, one that another looks like', async () => {
  handle('GET', async () => Response.json([]));
  for (const [path, method] of [
    ['/api/v1/things', 'PUT'],
    ['/api/v1/things/export', 'GET'],
    ['/', 'GET'],
  ] as const) {
    expect(await (await ask(path, { method })).text(), path).toBe('pages');
  }
  expect(await (await ask('/api/v1/things')).json()).toEqual([]);
});

test('only a long answer is compressed, and only for who takes it so', async () => {
  const long = { text: 'ü'.repeat(10_000) };
  let answer: unknown = long;
  handle('GET', async () => Response.json(answer));
  const packed = await raw('/api/v1/things', { 'accept-encoding': 'br, gzip' });
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  expect(JSON.parse(gunzipSync(packed.body).toString())).toEqual(long);
  const weighed = await raw('/api/v1/things', { 'accept-encoding': 'gzip;q=0.5, br' });
  expect(weighed.headers['content-encoding']).toBe('gzip');
  for (const taken of ['', 'br', 'br, gzip; q=0']) {
    const plain = await raw('/api/v1/things', { 'accept-encoding': taken });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(plain.body.toString())).toEqual(long);
  }
  answer = {};
  expect((await raw('/api/v1/things', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
});

test('an answer without a body has none', async () => {
  handle('GET', async () => new Response(null, { status: 204 }));
  const answer = await ask('/api/v1/things');
  expect([answer.status, await answer.text()]).toEqual([204, '']);
});

test('a stream comes piece by piece; who leaves it ends it, and the request of its handler is aborted', async () => {
  const [cancelled, aborted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  handle('GET', async (request) => {
    request.signal.addEventListener('abort', () => aborted.resolve());
    return new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
        cancel: () => cancelled.resolve(),
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );
  });
  const asking = request(urlOf('/api/v1/things')).end();
  const [response] = await once(asking, 'response');
  const [piece] = await once(response, 'data');
  expect(String(piece)).toBe('first');
  asking.destroy();
  await Promise.all([cancelled.promise, aborted.promise]);
});

test('a stream that fails breaks off', async () => {
  let fail = () => {};
  handle('GET', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('first'));
        fail = () => controller.error(new Error('no more'));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
  const asking = request(urlOf('/api/v1/things')).end();
  const [response] = await once(asking, 'response');
  await once(response, 'data');
  fail();
  await expect(text(response)).rejects.toThrow(/aborted/);
});
