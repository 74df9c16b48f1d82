import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inngest } from 'inngest';
import { serve as serveHttp } from 'inngest/node';
import { createLocalServe } from '../local-serve';
import { createEmbeddedRunner } from '../runner';
import { httpTransport } from '../transport';
import { startPglite, startPostgres } from './databases';

/**
 * Runs per second of a function of three steps, and what one alone takes:
 * `npx tsx inngest/embedded/testing/bench.ts [http] [postgres]` (PGlite and in-process otherwise; for `postgres` set DATABASE_URL).
 */
const overHttp = process.argv.includes('http');
// As scripts/serve.ts does.
// biome-ignore lint/style/noProcessEnv: nothing is read from it here.
process.env = { ...process.env };
const db = process.argv.includes('postgres') ? await startPostgres() : await startPglite();
const keys = { signingKey: `signkey-test-${'ab'.repeat(16)}`, eventKey: 'bench' };
const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const client = new Inngest({
  id: 'bench',
  isDev: false,
  ...keys,
  baseUrl: 'http://embedded.invalid',
  fetch: (input, init) => runner.fetch(input, init),
  logger: quiet,
});
const waiting = new Map<number, () => void>();
const functions = [
  client.createFunction(
    {
      id: 'three',
      retries: 3,
      cancelOn: [{ event: 'bench/cancel', match: 'data.n' }],
      triggers: [{ event: 'bench/go' }],
    },
    async ({ event, step }) => {
      await step.run('start', () => 1);
      await step.run('model', () => ({ text: 'x'.repeat(500) }));
      await step.run('finish', () => waiting.get(event.data.n)?.());
    },
  ),
  client.createFunction(
    {
      id: 'crowded',
      retries: 0,
      concurrency: { limit: 5, key: 'event.data.key' },
      triggers: [{ event: 'bench/crowd' }],
    },
    async ({ event, step }) => {
      await step.run('work', () => 1);
      ended[event.data.key === 'full' ? 'full' : 'other']++;
    },
  ),
];
const ended = { full: 0, other: 0 };
const server = createServer(serveHttp({ client, functions }));
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const runner = createEmbeddedRunner({
  ...keys,
  serveUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/inngest`,
  exclusive: db.exclusive,
  sql: db.sql,
  transport: overHttp ? httpTransport() : createLocalServe({ client, functions }),
});
await runner.start();

let sent = 0;
async function measure(concurrency: number, runs: number): Promise<void> {
  const { statements } = await runner.counts();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const until = sent + runs;
  const one = async (n: number) => {
    const ended = new Promise<void>((resolve) => waiting.set(n, resolve));
    await client.send({ name: 'bench/go', data: { n } });
    await ended;
    waiting.delete(n);
  };
  const worker = async () => {
    while (sent < until) await one(sent++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const perRun = ((await runner.counts()).statements - statements) / runs;
  process.stdout.write(
    `concurrency ${concurrency}: ${((runs / ms) * 1000).toFixed(0)} runs/s, ` +
      `${((ms / runs) * concurrency).toFixed(2)} ms a run, ${perRun.toFixed(2)} statements and ${((user + system) / 1000 / runs).toFixed(2)} ms of processor a run\n`,
  );
}

process.stdout.write(`${db.exclusive ? 'PGlite' : 'Postgres'}, ${overHttp ? 'HTTP loopback' : 'in-process'}\n`);
await measure(1, 200);
for (const [concurrency, runs] of [
  [1, 300],
  [32, 3_000],
  [200, 3_000],
] as const)
  await measure(concurrency, runs);

/** One key of a limit of 5 with thousands of runs in its queue, and what it does to a hundred other keys. */
async function measureCrowd(queued: number): Promise<void> {
  const send = (count: number, key: (n: number) => string) =>
    client.send(Array.from({ length: count }, (_, n) => ({ name: 'bench/crowd', data: { key: key(n) } })));
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  for (let sent = 0; sent < queued; sent += 1_000) await send(1_000, () => 'full');
  const [before, began] = [ended.full, performance.now()];
  await until(() => ended.full >= before + 500);
  const perSecond = (500 / (performance.now() - began)) * 1000;
  const left = (await runner.counts()).queued;
  const others = performance.now();
  await send(100, (n) => `other-${n}`);
  await until(() => ended.other === 100);
  process.stdout.write(
    `one key of a limit of 5, ${left} of its runs queued: ${perSecond.toFixed(0)} runs/s; ` +
      `100 runs of other keys ended after ${(performance.now() - others).toFixed(0)} ms\n`,
  );
}
await measureCrowd(12_000);
await runner.stop();
server.close();
await db.stop();
process.exit(0);
