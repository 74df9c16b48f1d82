import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { Inngest } from 'inngest';
import { serve } from 'inngest/edge';
import postgres from 'postgres';
import { startEmbeddedDatabase } from '@/db/embedded';
import { createEmbeddedRunner } from '../runner';
import { webTransport } from '../transport';

/**
 * A process that is killed: a database (PGlite in `dataDir`, or Postgres at `url`), a runner and functions whose step
 * bodies write to a log as they begin. The log also tells which steps are known to be memoised: a body that begins
 * after that line is a fault. It sends the same events at each start, and ends when all runs have ended.
 */
const { dataDir, url, log, runs } = JSON.parse(process.argv[2] ?? '{}') as {
  dataDir?: string;
  url?: string;
  log: string;
  runs: number;
};

const write = (...words: (string | number)[]) => appendFileSync(log, `${words.join(' ')}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const keys = { signingKey: `signkey-test-${'ab'.repeat(16)}`, eventKey: 'test' };

async function openDatabase(): Promise<postgres.Sql> {
  if (url) return postgres(url, { onnotice: () => {}, max: 4 });
  const server = await startEmbeddedDatabase({ dataDir });
  const sql = server.open();
  await migrate(drizzle(sql), { migrationsFolder: join(import.meta.dirname, '../../../db/migrations') });
  return sql;
}

const sql = await openDatabase();
const runner = createEmbeddedRunner({
  ...keys,
  serveUrl: 'http://localhost:9/api/inngest',
  exclusive: !url,
  sql,
  transport: webTransport((request) => handler(request)),
  backoffMs: [10],
  concurrency: 8,
  leaseMs: 400,
  pollMs: 100,
});
const client = new Inngest({
  id: 'crash',
  isDev: false,
  ...keys,
  baseUrl: 'http://embedded.invalid',
  fetch: (input, init) => runner.fetch(input, init),
  logger: { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} },
});

/** A step body: writes that it begins, works a little, fails at first if it is told to. */
const body =
  (run: string, step: string, attempt = 1) =>
  async () => {
    write('begin', run, step);
    await pause(Math.random() * 15);
    if (attempt === 0) throw new Error('at first it fails');
    return step;
  };

const child = client.createFunction(
  { id: 'child', retries: 3, triggers: [{ event: 'crash/child' }] },
  ({ runId, step }) => step.run('inner', body(runId, 'inner')),
);
const main = client.createFunction(
  { id: 'main', retries: 3, triggers: [{ event: 'crash/go' }] },
  async ({ event, runId, step, attempt }) => {
    const run = (name: string) => step.run(name, body(runId, name));
    await run('first');
    await step.run('flaky', body(runId, 'flaky', attempt));
    const chain = async () => [await run('c1'), await run('c2')];
    await Promise.all([run('p1'), run('p2'), chain(), step.invoke('call', { function: child, data: {} })]);
    if (event.data.n % 3 === 0) await step.sleep('nap', '1s');
    await run('last');
  },
);
const handler = serve({ client, functions: [main, child] });

await runner.start();
await client.send(Array.from({ length: runs }, (_, n) => ({ id: `go-${n}`, name: 'crash/go', data: { n } })));
write('ready', process.pid);

const known = new Set<string>();
for (;;) {
  const memoised = await sql`select run_id, id, name from runner.step where done and op in ('StepRun', 'StepPlanned')`;
  for (const { run_id, id, name } of memoised) {
    if (known.has(`${run_id}${id}`)) continue;
    known.add(`${run_id}${id}`);
    write('memoised', String(run_id), String(name));
  }
  const ended = await sql`select fn_id, status, count(*)::int as count from runner.run group by 1, 2`;
  const active = ended.find(({ status }) => status === 'active');
  write('active', Number(active?.count ?? 0));
  if (!active && ended.length > 0) {
    for (const { fn_id, status, count } of ended) write('ended', String(fn_id), String(status), Number(count));
    process.exit(0);
  }
  await pause(30);
}
