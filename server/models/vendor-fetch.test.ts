import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { env } from '@/lib/env';
import { limited, organizationFetch, serverFetch } from './vendor-fetch';

const before = env.MUSTER_CONNECTOR_PRIVATE_HOSTS;
beforeAll(() => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
});
afterAll(() => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before;
});

async function withProvider(answer: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe.each([
  ['the server', serverFetch],
  ['an organization', organizationFetch],
])('a provider that %s names', (_, fetch) => {
  test('is read in fewer pieces than it sends', () =>
    withProvider(
      async (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const content of '0123456789'.repeat(5)) {
          response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
          await turn();
        }
        response.end();
      },
      async (url) => {
        const chunks: string[] = [];
        const { body } = await fetch(url);
        for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
          chunks.push(Buffer.from(chunk).toString());
        const text = [...chunks.join('').matchAll(/"content":"(\d+)"/g)].map(([, piece]) => piece).join('');
        expect(text).toBe('0123456789'.repeat(5));
        expect(chunks.length).toBeLessThan(25);
      },
    ));

  test('is asked by many at once: none waits for the answer of another', async () => {
    const waiting: (() => void)[] = [];
    await withProvider(
      (_request, response) => {
        waiting.push(() => response.end());
        if (waiting.length === 300) for (const answer of waiting) answer();
      },
      async (url) => {
        const answers = await Promise.all(Array.from({ length: 300 }, () => fetch(url)));
        expect(answers.every(({ ok }) => ok)).toBe(true);
      },
    );
  });

  test('is cut off when it answers without end, without an end of a line too', () =>
    withProvider(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
        };
        response.on('drain', more);
        more();
      },
      async (url) => {
        const { body } = await limited(fetch, 1_000_000)(url);
        let size = 0;
        const read = async () => {
          for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) size += chunk.byteLength;
        };
        await expect(read()).rejects.toThrow('without end');
        expect(size).toBeLessThanOrEqual(1_000_000);
      },
    ));
});
