import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { env } from '@/lib/env';
import { testPostgres } from './kinds/postgres';

const before = { hosts: env.MUSTER_CONNECTOR_PRIVATE_HOSTS, password: process.env.PGPASSWORD };
beforeEach(() => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
  process.env.PGPASSWORD = 'of-the-server';
});
afterEach(() => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before.hosts;
  if (before.password === undefined) delete process.env.PGPASSWORD;
  else process.env.PGPASSWORD = before.password;
});

test('a server that asks for a password and breaks off gets none of ours, and is not dialled again', async () => {
  let received = '';
  let dialled = 0;
  const server = createServer((socket) => {
    dialled += 1;
    let asked = false;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      if (asked) {
        received += chunk.toString('latin1');
        socket.destroy();
      } else socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])); // AuthenticationCleartextPassword
      asked = true;
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const settings = { host: '127.0.0.1', port, database: 'd', user: 'u', tls: 'off', ca: '' } as const;
  const opened = { orgId: '', name: 'shop', settings, credentials: { password: '' } } as never;
  await expect(testPostgres(opened, 'read', AbortSignal.timeout(10_000))).rejects.toThrow(/closed the connection/);
  server.close();
  expect(received).not.toContain('of-the-server');
  expect(received).toMatch(/^p/);
  expect(dialled).toBe(1);
});
