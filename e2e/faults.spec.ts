import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { signIn } from '../bench/session';
import { startPostgres, type TestPostgres } from '../db/testing/postgres';
import { blankSpec } from '../lib/contracts/agents';
import { addBudget, faultsOf } from './fixtures/books';
import { type ModelServer, startModelServer } from './fixtures/model-server';
import { type RunEvent, readEvents, textsOf } from './fixtures/run-events';
import { freePort, ServerProcess } from './fixtures/server-process';

/** What happens to users while PostgreSQL is away, and while the server is told to end. */

const ANSWER = Array.from({ length: 8 }, (_, n) => `word-${n} `);

let directory: string;
let postgres: TestPostgres;
let model: ModelServer;
let server: ServerProcess;
let agentId: string;
let headers: Record<string, string>;

test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  directory = mkdtempSync(join(tmpdir(), 'muster-faults-'));
  postgres = await startPostgres();
  model = await startModelServer({
    perTokenMs: 100,
    answer: ({ body }) =>
      body.input?.some(({ type }) => type === 'function_call_output')
        ? { tokens: ANSWER }
        : { calls: [{ name: 'calculator', arguments: '{"expression":"6*7"}' }] },
  });
  server = new ServerProcess(directory, await freePort(), {
    DATABASE_URL: postgres.url(),
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: 'any',
  });
  await server.start();
  const spec = { ...blankSpec('openai/gpt-6-sol'), tools: [{ name: 'calculator' }] };
  agentId = (await server.api<{ id: string }>('/agents', { name: 'Talker', spec, publish: true })).id;
  headers = { authorization: `Bearer ${server.owner.apiKey}`, 'content-type': 'application/json' };
  await addBudget(directory, postgres.url());
});

test.afterAll(async () => {
  await server?.kill();
  await model?.close();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const startRun = () =>
  fetch(`${server.url}/api/v1/agents/${agentId}/runs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ input: 'Talk.', async: true }),
  });

/** Waits for the end of every run. Not each connection is back at once, and whoever is told 503 asks again. @returns how they ended */
async function endsOf(ids: string[]): Promise<string[]> {
  let states: string[] = [];
  await expect(async () => {
    states = await Promise.all(ids.map(async (id) => (await server.api<{ status: string }>(`/runs/${id}`)).status));
    expect(states.filter((status) => status === 'running' || status === 'queued')).toEqual([]);
  }).toPass({ timeout: 40_000 });
  return states;
}

test('PostgreSQL goes and comes back: 503 meanwhile, at once right again, and nothing is lost or doubled', async () => {
  test.setTimeout(200_000);
  const { cookie } = await signIn(server.url, server.owner);
  const ids: string[] = [];
  for (let n = 0; n < 12; n += 1) ids.push(((await (await startRun()).json()) as { id: string }).id);
  // Some are between their calls now, some in the middle of one.
  await expect.poll(() => model.requests.length).toBeGreaterThan(12);

  const answers: { status: number; type: string | null; retryAfter: string | null }[] = [];
  let isLoading = true;
  const load = Array.from({ length: 6 }, async () => {
    while (isLoading) {
      const response = await startRun();
      const [type, retryAfter] = [response.headers.get('content-type'), response.headers.get('retry-after')];
      answers.push({ status: response.status, type, retryAfter });
      if (response.ok) ids.push(((await response.json()) as { id: string }).id);
      else await response.text();
      await pause(150);
    }
  });
  await postgres.pause();
  try {
    await expect.poll(() => answers.filter(({ status }) => status === 503).length).toBeGreaterThan(10);

    const page = await fetch(`${server.url}/${server.owner.organization}/agents`, { headers: { cookie } });
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await page.text()).toContain('</html>');
    const input = encodeURIComponent(JSON.stringify({ json: { org: server.owner.organization } }));
    const call = await fetch(`${server.url}/api/trpc/runs.overview?input=${input}`, { headers: { cookie } });
    expect([call.status, call.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await fetch(`${server.url}/api/health/ready`)).status).toBe(503);
  } finally {
    await postgres.resume();
  }
  await expect.poll(() => answers.at(-1)?.status, { timeout: 10_000 }).toBe(202);
  isLoading = false;
  await Promise.all(load);

  // Whoever was signed in still is.
  const page = await fetch(`${server.url}/${server.owner.organization}/agents`, { headers: { cookie } });
  expect([page.status, page.url]).toEqual([200, `${server.url}/${server.owner.organization}/agents`]);
  const refused = answers.filter(({ status }) => status !== 202);
  expect(new Set(refused.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ status: 503, type: 'application/problem+json', retryAfter: '2' })]),
  );
  expect(new Set(await endsOf(ids))).toEqual(new Set(['completed']));
  // An event whose sending was not confirmed is sent again by the job of every minute.
  await expect.poll(() => faultsOf(directory, postgres.url()), { timeout: 90_000 }).toEqual([]);
});

test('told to end under load, the server fails no request, lets streams go, and goes on with its runs afterwards', async () => {
  test.setTimeout(90_000);
  const { id } = (await (await startRun()).json()) as { id: string };
  const events: RunEvent[] = [];
  const watching = readEvents(server, id, events);
  await expect.poll(() => events.some(({ type }) => type === 'text')).toBe(true);

  const failures: unknown[] = [];
  const sentAway: unknown[] = [];
  let answered = 0;
  const load = Array.from({ length: 4 }, async () => {
    for (;;) {
      try {
        const response = await fetch(`${server.url}/api/v1/agents`, { headers });
        await response.json();
        if (response.ok) answered += 1;
        else sentAway.push([response.status, response.headers.get('connection'), response.headers.get('retry-after')]);
        // Whoever is sent away goes elsewhere.
        if (!response.ok) return;
      } catch (error) {
        failures.push(error instanceof Error ? (error.cause ?? error) : error);
        return;
      }
    }
  });
  await expect.poll(() => answered).toBeGreaterThan(5);
  const code = await server.stop();
  await Promise.all([...load, watching]);
  expect(failures).toEqual([]);
  expect(sentAway).toEqual(Array.from(load, () => [503, 'close', '2']));
  expect(code).toBe(0);
  expect(events.some(({ type }) => type === 'end')).toBe(false);

  await server.start();
  while (!events.some(({ type }) => type === 'end')) await readEvents(server, id, events);
  const texts = [...textsOf(events).values()];
  expect(texts.at(-1)).toBe(ANSWER.join(''));
  expect(await endsOf([id])).toEqual(['completed']);
  await expect.poll(() => faultsOf(directory, postgres.url())).toEqual([]);
});
