import { createServer, connect as openSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

/** A line to the database that can be cut, as when the database is gone: `refuse` closes it, `hang` lets nothing through. */
let mode: 'open' | 'refuse' | 'hang' = 'open';
const sockets = new Set<Socket>();
const target = new URL(process.env.DATABASE_URL ?? '');
const line = createServer((client) => {
  sockets.add(client);
  client.on('error', () => {});
  if (mode === 'refuse') return void client.destroy();
  const server = openSocket(Number(target.port), target.hostname);
  sockets.add(server);
  server.on('error', () => {});
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroy());
  client.on('data', (chunk) => mode === 'open' && server.write(chunk));
  server.on('data', (chunk) => client.write(chunk));
});
const setLine = (next: typeof mode) => {
  mode = next;
  if (mode === 'refuse') for (const socket of sockets) socket.destroy();
};

let ready: () => Promise<Response>;
let live: () => Response;
let close: () => Promise<void>;
beforeAll(async () => {
  await new Promise<void>((listening) => line.listen(0, '127.0.0.1', listening));
  const address = line.address();
  const url = new URL(target);
  if (address !== null && typeof address !== 'string') url.port = String(address.port);
  vi.stubEnv('DATABASE_URL', url.href);
  vi.resetModules();
  ({ GET: ready } = await import('@/app/api/health/ready/route'));
  ({ GET: live } = await import('@/app/api/health/live/route'));
  ({ closeDatabase: close } = await import('@/db/client'));
});
afterAll(async () => {
  setLine('refuse');
  await close();
  line.close();
});

test.each(['refuse', 'hang'] as const)(
  'ready while the database answers, 503 while it does not (%s), and ready again; live all the time',
  async (gone) => {
    expect((await ready()).status).toBe(200);

    setLine(gone);
    const refused = await ready();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toEqual({ status: 'not ready', checks: { database: false } });
    expect(live().status).toBe(200);

    setLine('refuse');
    setLine('open');
    const back = await vi.waitUntil(
      async () => {
        const answer = await ready();
        return answer.ok && answer;
      },
      { timeout: 20_000 },
    );
    expect(await back.json()).toEqual({ status: 'ready', checks: { database: true } });
  },
);
