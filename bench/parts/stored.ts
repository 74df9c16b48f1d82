import postgres from 'postgres';
import { startEmbeddedDatabase } from '../../db/embedded';
import { load, loadWell } from '../load-plan';
import type { Results } from '../results';
import { copyId, copyRun, lengthen, type Template } from '../seed';
import { signIn } from '../session';
import type { Muster } from '../systems';
import { warmUp } from './runs';

const SPANS = 2_000;

/** The same with few and with many runs stored: the time of a run, each view of the list, a long run. */
export async function measureStored(
  results: Results,
  muster: Muster,
  { few, many }: { few: number; many: number },
): Promise<void> {
  const template = await makeTemplate(muster);
  const fill = (from: number, to: number) =>
    withDatabase(muster, async (sql) => {
      const startedAt = performance.now();
      const onProgress = (copies: number) => {
        if (copies % 200_000 === 0) console.log(`  ${copies} runs stored`);
      };
      await copyRun(sql, template, { from, to, onProgress });
      if (from === 1) await lengthen(sql, template, 1, SPANS);
      console.log(`… ${to} runs stored in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
    });
  await fill(1, few);
  await measureTimePerRun(results, muster, 'few');
  await fill(few + 1, many);
  await measureTimePerRun(results, muster, 'many');
  results.figures[`${muster.database}/storedRuns`] = many;
  await measureLists(results, muster, template, many);
  await measureLongRun(results, muster, copyId(template, 1));
}

async function makeTemplate(muster: Muster): Promise<Template> {
  const run = await muster.api<{ id: string; createdAt: string }>(`/agents/${muster.agentId('tool', 'none')}/runs`, {
    input: 'What is 17 % of 2,499?',
  });
  const orgId = muster.owner.apiKey.replace(/^sk_live_(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  const rareAgentId = muster.agentId('tool', 'slow');
  return { orgId, runId: run.id, rareAgentId, at: Date.parse(run.createdAt) - 60_000 };
}

/** The database as its superuser; the embedded one belongs to one process, so that the server has to end meanwhile. */
async function withDatabase(muster: Muster, work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const quiet = { onnotice: () => {}, max: 2 };
  if (muster.databaseUrl) {
    const sql = postgres(muster.databaseUrl, quiet);
    await work(sql);
    return sql.end();
  }
  await muster.close();
  const embedded = await startEmbeddedDatabase({ dataDir: muster.dataDir });
  const sql = embedded.open();
  await work(sql);
  await sql.end();
  await embedded.stop();
  await muster.open();
}

/** How many rounds must be no better than one before: the server was idle while runs were copied, and is not at once what it was. */
const ROUNDS = 4;

/** The best round: what comes between from elsewhere on the machine would be taken for the stored runs. */
async function measureTimePerRun(results: Results, muster: Muster, stored: 'few' | 'many'): Promise<void> {
  await warmUp(muster);
  const request = { ...muster.request('plain', 'none', 'wait'), kind: 'loop', seconds: 3 } as const;
  let p50 = Infinity;
  let perSecond = 0;
  for (let worse = 0; worse < ROUNDS; ) {
    p50 = Math.min(p50, (await loadWell({ ...request, concurrency: 1 })).p50);
    const round = (await loadWell({ ...request, concurrency: 32 })).perSecond;
    worse = round > perSecond ? 0 : worse + 1;
    perSecond = Math.max(perSecond, round);
  }
  results.figures[`${muster.database}/${stored}/p50`] = p50;
  results.figures[`${muster.database}/${stored}/perSecond`] = Math.round(perSecond * 10) / 10;
}

async function measureLists(results: Results, muster: Muster, template: Template, stored: number): Promise<void> {
  const views: Record<string, string> = {
    'first page': '',
    'a page in the middle': `cursor=${copyId(template, stored >> 1)}`,
    'the last page': `cursor=${copyId(template, stored - 20)}`,
    'status=failed (2 %)': 'status=failed',
    'status=running (none)': 'status=running',
    'status=failed, in the middle': `status=failed&cursor=${copyId(template, stored >> 1)}`,
    'trigger=app (a third)': 'trigger=app',
    'trigger=demo (none)': 'trigger=demo',
    'an agent with 0.1 %': `agentId=${template.rareAgentId}`,
    'an agent with 0.1 %, failed': `agentId=${template.rareAgentId}&status=failed`,
    'one conversation': `conversationId=${copyId(template, stored >> 1)}`,
    'cost over $0.0049 (2 %)': 'minCostMicros=4900',
    'cost over $1 (none)': 'minCostMicros=1000000',
    'text in every run': 'query=Question',
    'text in one run': `query=${encodeURIComponent(`Question ${(stored >> 1) + 7} about`)}`,
    'text in no run': 'query=nowhere+to+be+found',
  };
  for (const [name, query] of Object.entries(views)) {
    const result = await load({
      url: `${muster.url}/api/v1/runs?${query}`,
      headers: muster.headers,
      warmPath: '/api/health/live',
      mark: { end: '"items"' },
      concurrency: 1,
      kind: 'loop',
      seconds: 3,
    });
    results.figures[`${muster.database}/list/${name}`] = result.failures > 0 ? Number.NaN : result.p95;
    if (result.failure) console.log(`  ${name}: ${result.failure}`);
  }
  await measurePage(results, muster, 'list/page', '/runs');
}

async function measureLongRun(results: Results, muster: Muster, runId: string): Promise<void> {
  const { spans } = await muster.api<{ spans: unknown[] }>(`/runs/${runId}`);
  if (spans.length < SPANS) throw new Error(`The long run has ${spans.length} spans.`);
  const api = await loadWell({
    url: `${muster.url}/api/v1/runs/${runId}`,
    headers: muster.headers,
    warmPath: '/api/health/live',
    mark: { end: '"spans"' },
    concurrency: 1,
    kind: 'loop',
    seconds: 4,
  });
  results.figures[`${muster.database}/long/api`] = api.p95;
  await measurePage(results, muster, 'long/page', `/runs/${runId}`);
}

/** A page as a browser gets it that is signed in: everything it streams, data included. */
async function measurePage(results: Results, muster: Muster, name: string, path: string): Promise<void> {
  const { organization } = muster.owner;
  const headers = await signIn(muster.url, muster.owner);
  const url = `${muster.url}/${organization}${path}`;
  // The first who asks a process for a page waits for its code as well.
  await fetch(url, { headers }).then((page) => page.text());
  const result = await load({
    url,
    headers,
    warmPath: '/api/health/live',
    mark: { end: '</html>' },
    concurrency: 1,
    kind: 'loop',
    seconds: 4,
  });
  results.figures[`${muster.database}/${name}`] = result.failures > 0 ? Number.NaN : result.p95;
  if (result.failure) console.log(`  ${name}: ${result.failure}`);
}
