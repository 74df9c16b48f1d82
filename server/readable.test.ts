import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readable, refuseUpgrades } from './readable';

let server: Server;
beforeAll(async () => {
  server = createServer(readable(({ headers }, response) => void response.end(`heard ${JSON.stringify(headers)}`)));
  // As Next does at some paths.
  server.on('upgrade', () => {});
  refuseUpgrades(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => new Promise((closed) => server.close(closed)));

/** What is answered to a request that no client would make. */
function ask(line: string, headers: Record<string, string> = {}): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const all = { Host: 'localhost', Connection: 'close', ...headers };
  socket.write(
    `${line} HTTP/1.1\r\n${Object.entries(all)
      .map((header) => `${header.join(': ')}\r\n`)
      .join('')}\r\n`,
  );
  return text(socket);
}

test.each<[string, Record<string, string>?]>([
  ['GET /api/v1/agents?query=%ff'],
  ['GET /%00/%F0%9F%98%80/%25'],
  ['GET //elsewhere.test'],
  ['GET /', { Host: 'muster.example.com:8080' }],
  ['GET /', { Host: '[::1]:3000' }],
])('%s is passed on', async (line, headers) => {
  expect(await ask(line, headers)).toMatch(/^HTTP\/1\.1 200 [\s\S]*heard/);
});

test.each<[string, Record<string, string>, number, RegExp]>([
  ['GET /api/v1/agents/%ff', {}, 400, /Write % itself as %25/],
  ['GET /%E0%A4%A', {}, 400, /begins no character/],
  ['GET /%', {}, 400, /begins no character/],
  ['GET /%ed%a0%80', {}, 400, /begins no character/],
  ['GET http://elsewhere.test/', {}, 400, /Ask for a path/],
  ['OPTIONS *', {}, 400, /Ask for a path/],
  ['TRACE /', {}, 405, /TRACE/],
  ['GET /', { Host: '[::1' }, 400, /names no host/],
  ['GET /', { Host: 'a b<>' }, 400, /names no host/],
  ['GET /', { Host: 'here@elsewhere.test' }, 400, /names no host/],
])('%s with %j is refused in words', async (line, headers, status, words) => {
  const answer = await ask(line, headers);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain('content-type: application/problem+json');
  expect(JSON.parse(/\{.*\}/.exec(answer)?.[0] ?? '')).toMatchObject({ status, detail: expect.stringMatching(words) });
});

test('what a proxy says of the address is left out where it is none', async () => {
  const good = await ask('GET /', { 'X-Forwarded-Host': 'muster.example.com', 'X-Forwarded-Proto': 'https' });
  expect(good).toContain('"x-forwarded-host":"muster.example.com","x-forwarded-proto":"https"');
  const bad = await ask('GET /', { 'X-Forwarded-Host': '%%%', 'X-Forwarded-Proto': 'javascript' });
  expect(bad).toMatch(/heard/);
  expect(bad).not.toContain('x-forwarded');
});

test('a connection that asks for another protocol is closed, whoever else would keep it', async () => {
  expect(await ask('GET /_next/hmr', { Connection: 'Upgrade', Upgrade: 'websocket' })).toBe('');
});
