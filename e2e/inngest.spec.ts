import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from '@playwright/test';
import { createEmbeddedRunner, type EmbeddedRunner } from '../inngest/embedded';
import { startPglite } from '../inngest/embedded/testing/databases';
import { freePort, ServerProcess } from './fixtures/server-process';

const SIGNING_KEY = `signkey-prod-${'cd'.repeat(16)}`;
const EVENT_KEY = 'outside-event-key';

/** An Inngest server of its own, on its own database, that the product knows only by its address. */
async function startInngest(serveUrl: string) {
  const database = await startPglite();
  const runner: EmbeddedRunner = createEmbeddedRunner({
    serveUrl,
    signingKey: SIGNING_KEY,
    eventKey: EVENT_KEY,
    sql: database.sql,
    exclusive: true,
  });
  const called: string[] = [];
  const server = createServer(async (request, response) => {
    called.push(`${request.method} ${request.url}`);
    const body = request.method === 'POST' ? (Readable.toWeb(request) as ReadableStream) : undefined;
    const headers = new Headers(request.headers as Record<string, string>);
    const url = `http://${request.headers.host}${request.url}`;
    const answer = await runner.fetch(url, { method: request.method, headers, body, duplex: 'half' } as RequestInit);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  const port = await freePort();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${port}`,
    called,
    runner,
    async stop() {
      await runner.stop();
      server.close();
      server.closeAllConnections();
      await database.stop();
    },
  };
}

test('with INNGEST_BASE_URL the same functions run on that server and the embedded runner stays away', async () => {
  test.setTimeout(90_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-inngest-'));
  const port = await freePort();
  const inngest = await startInngest(`http://127.0.0.1:${port}/api/inngest`);
  const env = { INNGEST_BASE_URL: inngest.url, INNGEST_EVENT_KEY: EVENT_KEY, INNGEST_SIGNING_KEY: SIGNING_KEY };
  const server = new ServerProcess(dataDir, port, env);
  try {
    await server.start();
    const { demoAgentId } = server.owner;
    const queued = await server.api<{ id: string }>(`/agents/${demoAgentId}/runs`, {
      input: 'What is 6 * 7?',
      async: true,
    });
    await expect.poll(() => inngest.called).toContain(`POST /e/${EVENT_KEY}`);
    expect(await server.api(`/runs/${queued.id}`)).toMatchObject({ status: 'queued' });
    await inngest.runner.start();
    const status = async () => (await server.api<{ status: string }>(`/runs/${queued.id}`)).status;
    await expect.poll(status, { timeout: 20_000 }).toBe('completed');
    expect(await server.api(`/runs/${queued.id}`)).toMatchObject({ output: expect.stringContaining('42') });
  } finally {
    await server.kill();
    await inngest.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
