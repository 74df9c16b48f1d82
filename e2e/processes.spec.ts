import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startPostgres, type TestPostgres } from '../db/testing/postgres';
import { blankSpec } from '../lib/contracts/agents';
import { addBudget } from './fixtures/books';
import { type ModelServer, startModelServer } from './fixtures/model-server';
import { freePort, ServerProcess } from './fixtures/server-process';

/** Two server processes on one PostgreSQL: what runs on one is watched on the other. */

const PIECES = Array.from({ length: 150 }, (_, n) => `word-${n} `);
const ANSWER = PIECES.join('');
/** Two cents and a fifth, with $2 and $10 per million tokens. */
const DEAR = { input: 1_000, output: 2_000 };
const DEAR_MICROS = 22_000;

let postgres: TestPostgres;
let provider: ModelServer;
let servers: [ServerProcess, ServerProcess];
let agentId: string;
let directory: string;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  directory = mkdtempSync(join(tmpdir(), 'muster-two-'));
  postgres = await startPostgres();
  provider = await startModelServer({
    perTokenMs: 20,
    answer: ({ body }) => (body.model === 'slow' ? { tokens: PIECES } : { tokens: ['Ok.'], usage: DEAR }),
  });
  const env = {
    DATABASE_URL: postgres.url(),
    OPENAI_COMPATIBLE_BASE_URL: `${provider.url}/v1`,
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'any',
  };
  const make = async () => new ServerProcess(directory, await freePort(), env);
  servers = [await make(), await make()];
  for (const server of servers) await server.start();
  const spec = { ...blankSpec('openai-compatible/slow'), tools: [] };
  agentId = (await servers[0].api<{ id: string }>('/agents', { name: 'Slow', spec, publish: true })).id;
});

test.afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
  await provider?.close();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Event {
  id: string;
  type: string;
  data: { seq?: number; offset?: number; delta?: string; run?: { status: string }; output?: string | null };
}

/** Reads a run's events until `enough`, or until the stream ends. */
async function watch(server: ServerProcess, runId: string, lastEventId = '', enough = (_: Event[]) => false) {
  const response = await fetch(`${server.url}/api/v1/runs/${runId}/events`, {
    headers: { authorization: `Bearer ${server.owner.apiKey}`, 'last-event-id': lastEventId },
  });
  expect(response.status).toBe(200);
  const events: Event[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/s) as [string, string]),
      );
      text = text.slice(end + 2);
      const data = fields.get('data');
      if (data) events.push({ id: fields.get('id') ?? '', type: fields.get('event') ?? '', data: JSON.parse(data) });
    }
    // Leaving the loop closes the connection.
    if (enough(events)) break;
  }
  return events;
}

const textOf = (events: Event[]): string =>
  events.reduce((text, { type, data }) => {
    if (type !== 'text') return text;
    expect(data.offset).toBe(text.length);
    return text + data.delta;
  }, '');
const pieces = (events: Event[]): number => events.filter(({ type }) => type === 'text').length;

async function start(server: ServerProcess): Promise<string> {
  const { id } = await server.api<{ id: string }>(`/agents/${agentId}/runs`, { input: 'Talk.', async: true });
  return id;
}

test('a run on one process is watched on the other, token by token', async () => {
  const runId = await start(servers[0]);
  const events = await watch(servers[1], runId);
  expect(textOf(events)).toBe(ANSWER);
  expect(pieces(events)).toBeGreaterThan(20);
  expect(events.at(-1)?.type).toBe('end');
});

test('a watcher who was cut off goes on at either process, without gap or repeat', async () => {
  const runId = await start(servers[1]);
  const first = await watch(servers[0], runId, '', (events) => pieces(events) >= 5);
  const second = await watch(servers[1], runId, first.at(-1)?.id, (events) => pieces(events) >= 5);
  const third = await watch(servers[0], runId, second.at(-1)?.id);
  expect(pieces(first)).toBeGreaterThanOrEqual(5);
  expect(pieces(second)).toBeGreaterThanOrEqual(5);
  expect(textOf([...first, ...second, ...third])).toBe(ANSWER);
});

test('cancelling on one process stops the call of the other at once', async () => {
  const runId = await start(servers[0]);
  await watch(servers[1], runId, '', (events) => pieces(events) >= 2);
  await servers[1].api(`/runs/${runId}/cancel`, {});
  const ended = await watch(servers[0], runId);
  expect(ended.find(({ type }) => type === 'run')?.data.run?.status).toBe('cancelled');
  const { output } = await servers[0].api<{ output: string | null }>(`/runs/${runId}`);
  expect((output ?? '').length).toBeLessThan(ANSWER.length);
});

test('of 500 watchers 50 do not read: memory stays bounded and the others miss nothing', async () => {
  test.setTimeout(90_000);
  const [here, there] = servers;
  const before = residentBytes(there);
  const runId = await start(here);
  const deaf: ClientRequest[] = [];
  const headers = { authorization: `Bearer ${there.owner.apiKey}` };
  for (let n = 0; n < 50; n += 1) {
    const request = httpRequest(`${there.url}/api/v1/runs/${runId}/events`, { headers, agent: false });
    request.on('response', (response) => response.pause()).on('error', () => {});
    request.end();
    deaf.push(request);
  }
  const readers = await Promise.all(Array.from({ length: 450 }, () => watch(there, runId)));
  const grown = residentBytes(there) - before;
  for (const request of deaf) request.destroy();
  expect(readers.map(textOf).filter((text) => text !== ANSWER)).toEqual([]);
  expect(grown).toBeLessThan(250 * 1024 * 1024);
});

test('a hundred runs on both race one dollar: it is never passed, and nearly all of it is spent', async () => {
  test.setTimeout(120_000);
  const parameters = { maxOutputTokens: DEAR.output };
  const spec = { ...blankSpec('openai/gpt-6-sol'), tools: [], parameters };
  const { id } = await servers[0].api<{ id: string }>('/agents', { name: 'Dear', spec, publish: true });
  await addBudget(directory, postgres.url(), 1_000_000);
  const ask = async (n: number) => {
    const server = servers[n % 2] ?? servers[0];
    const response = await fetch(`${server.url}/api/v1/agents/${id}/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.owner.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'Spend.' }),
    });
    const run = (await response.json()) as { costMicros?: number; status?: string; errorCode?: string };
    return { ...run, code: response.status };
  };
  const runs = await Promise.all(Array.from({ length: 100 }, (_, n) => ask(n)));
  const spent = runs.reduce((sum, { costMicros = 0 }) => sum + costMicros, 0);
  expect(spent).toBeLessThanOrEqual(1_000_000);
  expect(spent).toBeGreaterThan(1_000_000 - 2 * DEAR_MICROS);
  const refused = runs.filter(({ status }) => status !== 'completed');
  expect(refused.every(({ code, errorCode }) => code === 402 || errorCode === 'budget_exceeded')).toBe(true);
  const { items } = await servers[1].api<{ items: object[] }>('/budgets');
  expect(items).toMatchObject([{ spentMicros: spent, reservedMicros: 0 }]);
});

/** Of the whole process group of a server. */
function residentBytes(server: ServerProcess): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
