import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from 'inngest/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLocalServe, setLocalServe } from './local-serve';
import { startPostgres, type TestDatabase } from './testing/databases';
import { createApp } from './testing/harness';
import { httpTransport } from './transport';

describe('the ways to the functions', () => {
  let db: TestDatabase;
  const opened: { close(): void }[] = [];
  beforeAll(async () => {
    db = await startPostgres();
  }, 60_000);
  afterEach(() => {
    setLocalServe(undefined);
    for (const server of opened.splice(0)) server.close();
  });
  afterAll(() => db.stop());

  /** An app whose functions are served over HTTP, and how many of its calls came that way. */
  async function servedApp(options: { streaming?: boolean } = {}) {
    let overHttp = 0;
    const server = createServer((request, response) => {
      overHttp += 1;
      serve({ client: app.client, functions: app.functions, ...options })(request, response);
    });
    opened.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const serveUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/inngest`;
    const app = createApp(db, { serveUrl, transport: httpTransport() });
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 1, triggers: [{ event: app.event('go') }] },
        async ({ event, step, attempt }) => {
          const text = await step.run('echo', () => String(event.data.text));
          if (attempt === 0) throw new Error('once');
          return text;
        },
      ),
    );
    return { app, serveUrl, overHttp: () => overHttp };
  }

  const text = 'Zürich 東京 \u2028 "quoted" \ud83d\ude80';

  test('over HTTP, with every character and a retry', async () => {
    const { app, overHttp } = await servedApp();
    await app.start();
    await app.send('go', { text });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: text }]);
    expect(overHttp()).toBeGreaterThanOrEqual(3);
    await app.runner.stop();
  });

  test('over HTTP until the functions are loaded in this process, then without', async () => {
    const { app, overHttp } = await servedApp();
    await app.start();
    expect(overHttp()).toBe(1);
    setLocalServe(createLocalServe({ client: app.client, functions: app.functions }));
    await app.send('go', { text });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: text }]);
    expect(overHttp()).toBe(1);
    await app.runner.stop();
  });

  test('streamed, as the SDK does where an answer would take too long', async () => {
    const { app, overHttp } = await servedApp({ streaming: true });
    await app.start();
    await app.send('go', { text });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: text }]);
    expect(overHttp()).toBeGreaterThanOrEqual(3);
    await app.runner.stop();
  });

  test('a call over HTTP without a signature is refused', async () => {
    const { app, serveUrl } = await servedApp();
    const url = new URL(`${serveUrl}?fnId=${app.id}-f&stepId=step`);
    const answer = await httpTransport()({ method: 'POST', url, headers: {}, body: '{}' });
    expect(answer.status).toBe(401);
  });
});
