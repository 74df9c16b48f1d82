import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Forbidden, Invalid, Upstream } from '../errors';
import { createGuardedClient, guardedFetch, guardedStream } from './guarded';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let port: number;
let handler: Handler;
let seen: { url: string; method: string; headers: IncomingMessage['headers']; body: string }[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers, body });
    handler(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  handler = (_request, response) => response.end('hello');
});

/** Names of the test network: everything below .test is this machine, and this machine counts as public. */
const local = createGuardedClient({
  lookup: async (name) => (name.endsWith('.test') ? [{ address: '127.0.0.1', family: 4 }] : []),
  isAllowedAddress: (address) => address === '127.0.0.1',
});
const at = (path: string, host = 'a.test') => `http://${host}:${port}${path}`;
const textOf = (body: Uint8Array) => new TextDecoder().decode(body);

describe('addresses that may not be called', () => {
  test.each([
    'http://127.0.0.1:8080/',
    'http://localhost:8080/',
    'http://localhost.:8080/',
    'http://2130706433:8080/',
    'http://0x7f.1:8080/',
    'http://0177.0.0.1:8080/',
    'http://127.1:8080/',
    'http://①②⑦.⓪.⓪.①:8080/',
    'http://0:8080/',
    'http://[::1]:8080/',
    'http://[::]:8080/',
    'http://[::ffff:127.0.0.1]:8080/',
    'http://[::ffff:7f00:1]:8080/',
    'http://[64:ff9b::7f00:1]:8080/',
    'http://[2002:7f00:1::]:8080/',
    'http://[fd00:ec2::254]/latest/meta-data',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    'http://100.64.0.1/',
    'http://does-not-exist.invalid/',
    'http://8.8.8.8:22/',
    'http://8.8.8.8:25/',
    'https://8.8.8.8:6379/',
    'https://8.8.8.8:5432/',
  ])('%s', async (url) => {
    await expect(guardedFetch(url)).rejects.toThrow(Forbidden);
    await expect(guardedStream(url)).rejects.toThrow(Forbidden);
  });

  test.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'http://user:secret@example.com/',
    'http://user@example.com/',
    'example.com',
    '//example.com',
    'http://',
    'http://[fe80::1%25eth0]/',
    '',
  ])('%s is no address to call', async (url) => {
    await expect(guardedFetch(url)).rejects.toThrow(Invalid);
  });

  test('a name is refused when one of its addresses is private', async () => {
    const mixed = createGuardedClient({
      lookup: async () => [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    });
    await expect(mixed.fetch(at('/'))).rejects.toThrow('has no public address');
    expect(seen).toEqual([]);
  });

  test('a name that changes its mind between check and connection is refused', async () => {
    let asked = 0;
    const rebinding = createGuardedClient({
      lookup: async () => [{ address: asked++ === 0 ? '93.184.216.34' : '127.0.0.1', family: 4 }],
    });
    await expect(rebinding.fetch(at('/'))).rejects.toThrow(Forbidden);
    expect(asked).toBe(2);
    expect(seen).toEqual([]);
  });

  test('the message does not tell which address a name has', async () => {
    const inside = createGuardedClient({ lookup: async () => [{ address: '10.1.2.3', family: 4 }] });
    await expect(inside.fetch('http://db.internal/')).rejects.not.toThrow('10.1.2.3');
  });
});

describe('redirects', () => {
  const redirect =
    (location: string, status = 302): Handler =>
    (request, response) => {
      if (request.url !== '/start') return void response.end(`at ${request.url}`);
      response.writeHead(status, { location }).end();
    };

  test('are followed', async () => {
    handler = redirect('/end?x=1');
    const answer = await local.fetch(at('/start'));
    expect(answer).toMatchObject({ status: 200, url: at('/end?x=1') });
  });

  test.each(['http://169.254.169.254/', 'http://[::1]/', 'http://inside.corp/', 'http://b.test:22/'])(
    'are checked: %s',
    async (location) => {
      handler = redirect(location);
      await expect(local.fetch(at('/start'))).rejects.toThrow(Forbidden);
      expect(seen).toHaveLength(1);
    },
  );

  test.each(['file:///etc/passwd', 'http://u:p@b.test/'])('are checked: %s', async (location) => {
    handler = redirect(location);
    await expect(local.fetch(at('/start'))).rejects.toThrow(Invalid);
  });

  test('leave the list of allowed hosts only with an error', async () => {
    handler = redirect(at('/end', 'b.test'));
    await expect(local.fetch(at('/start'), { allowHosts: ['a.test'] })).rejects.toThrow('not on the list');
    await expect(local.fetch(at('/start'), { allowHosts: ['test'] })).resolves.toMatchObject({ status: 200 });
  });

  test('carry credentials to the same origin only', async () => {
    const headers = { Authorization: 'Bearer s', Cookie: 'c=1', 'X-Api-Key': 'k', Accept: 'text/plain' };
    handler = redirect('/end');
    await local.fetch(at('/start'), { headers });
    expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer s', cookie: 'c=1', 'x-api-key': 'k' });
    seen = [];
    handler = redirect(at('/end', 'b.test'));
    await local.fetch(at('/start'), { headers });
    expect(seen[1]?.headers).toMatchObject({ accept: 'text/plain' });
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(seen[1]?.headers).not.toHaveProperty(name);
  });

  test('turn POST into GET where the standard says so, and keep it where not', async () => {
    const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } } as const;
    handler = redirect('/end', 303);
    await local.fetch(at('/start'), post);
    expect(seen[1]).toMatchObject({ method: 'GET', body: '' });
    expect(seen[1]?.headers).not.toHaveProperty('content-type');
    seen = [];
    handler = redirect('/end', 307);
    await local.fetch(at('/start'), post);
    expect(seen[1]).toMatchObject({ method: 'POST', body: '{}' });
    handler = redirect(at('/end', 'b.test'), 307);
    await expect(local.fetch(at('/start'), post)).rejects.toThrow('Send it there yourself');
  });

  test('end after five', async () => {
    handler = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
    await expect(local.fetch(at('/start'))).rejects.toThrow('more than 5 times');
    expect(seen).toHaveLength(6);
  });

  test('are not followed for vendors', async () => {
    handler = redirect('/end');
    await expect(local.stream(at('/start'))).rejects.toThrow('Save the final address');
  });
});

describe('allow-list', () => {
  test.each([
    ['a.test', true],
    ['A.TEST', true],
    ['test', true],
    ['xa.test', false],
    ['b.a.test', false],
    ['', false],
  ])('%j covers a.test: %s', async (allowed, covered) => {
    const call = local.fetch(at('/'), { allowHosts: [allowed] });
    await (covered ? expect(call).resolves.toMatchObject({ status: 200 }) : expect(call).rejects.toThrow(Forbidden));
  });
});

describe('limits', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));

  test('a body is cut at the limit, counted after decompression', async () => {
    handler = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    const before = process.memoryUsage().arrayBuffers;
    const answer = await local.fetch(at('/bomb'), { maxBytes: 1_000 });
    expect(answer.body.byteLength).toBe(1_000);
    expect(answer.truncated).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  test('a body as long as the limit is whole', async () => {
    handler = (_request, response) => void response.end('x'.repeat(1_000));
    expect(await local.fetch(at('/'), { maxBytes: 1_000 })).toMatchObject({ truncated: false });
  });

  test('an endless body ends at the limit', async () => {
    handler = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect((await local.fetch(at('/'), { maxBytes: 100_000 })).truncated).toBe(true);
  });

  test.each<[string, Handler]>([
    ['no answer', () => {}],
    ['half a body', (_request, response) => void response.write('half')],
  ])('time-out: %s', async (_name, silent) => {
    handler = silent;
    const call = local.fetch(at('/'), { timeoutMs: 50 });
    await expect(call).rejects.toThrow(Upstream);
    await expect(call).rejects.toThrow('did not answer within 0.05 s');
  });

  test('a look-up that never ends', async () => {
    const stuck = createGuardedClient({ lookup: () => new Promise(() => {}) });
    await expect(stuck.fetch('http://a.test/', { timeoutMs: 50 })).rejects.toThrow('did not answer');
  });

  test('abort gives the reason of the signal', async () => {
    handler = () => {};
    const controller = new AbortController();
    const call = local.fetch(at('/'), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stopped by a person')), 20);
    await expect(call).rejects.toThrow('stopped by a person');
  });

  test.each<[string, Handler]>([
    ['a cut connection', (request) => void request.socket.destroy()],
    [
      'a cut body',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 10 }).write('x', () => response.destroy()),
    ],
    [
      'a wrong encoding',
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    ],
  ])('%s is Upstream', async (_name, broken) => {
    handler = broken;
    await expect(local.fetch(at('/'))).rejects.toThrow(Upstream);
  });
});

describe('requests', () => {
  test('method, headers and body arrive as they are', async () => {
    const answer = await local.fetch(at('/x'), { method: 'PUT', headers: { 'X-One': '1' }, body: 'ü' });
    expect(seen[0]).toMatchObject({ method: 'PUT', body: 'ü' });
    expect(seen[0]?.headers).toMatchObject({ 'x-one': '1', host: `a.test:${port}` });
    expect(textOf(answer.body)).toBe('hello');
  });

  test.each(['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Proxy-Authorization', 'X-Forwarded-For'])(
    '%s is not for callers',
    async (name) => {
      await expect(local.fetch(at('/'), { headers: { [name]: 'x' } })).rejects.toThrow(Invalid);
    },
  );

  test.each([
    ['a', 'b\r\nHost: evil'],
    ['a b', 'c'],
    ['a', 'b\u0000'],
  ])('header %j: %j', async (name, value) => {
    await expect(local.fetch(at('/'), { headers: { [name]: value } })).rejects.toThrow(Invalid);
  });

  test('an error status is an answer', async () => {
    handler = (_request, response) => void response.writeHead(500).end('oops');
    expect(await local.fetch(at('/'))).toMatchObject({ status: 500 });
  });

  test('vendors get a stream', async () => {
    handler = (_request, response) => {
      response.write('one ');
      setTimeout(() => response.end('two'), 20);
    };
    const response = await local.stream(at('/'), { method: 'POST', body: '{}' });
    expect(response.body).toBeInstanceOf(ReadableStream);
    expect(await response.text()).toBe('one two');
  });
});
