import { sql } from 'drizzle-orm';
import { isEmbedded } from '@/db/client';
import { env } from '@/lib/env';
import { asSystem } from '../context';
import { orAborted } from '../http/or-aborted';
import { log } from '../log';
import { metrics } from './metrics';

/** However many ask, the database is asked this often. */
const FRESH_MS = 5_000;
const PATIENCE_MS = 2_000;

const shared = globalThis as typeof globalThis & { musterScrape?: { at: number; done: Promise<void> } };

/** Everything there is to read, as Prometheus reads it. A database that does not answer is a figure, not an error. */
export async function scrape(): Promise<{ text: string; contentType: string }> {
  if (!shared.musterScrape || Date.now() - shared.musterScrape.at > FRESH_MS) {
    shared.musterScrape = { at: Date.now(), done: readDatabase() };
  }
  await shared.musterScrape.done;
  const { registry } = metrics();
  return { text: await registry.metrics(), contentType: registry.contentType };
}

async function readDatabase(): Promise<void> {
  const { runnerJobs, runnerOldestSeconds, databaseConnections, databasePoolSize, databaseUp } = metrics();
  databasePoolSize.set(isEmbedded ? 1 : env.DATABASE_POOL_SIZE);
  databaseConnections.reset();
  try {
    const { jobs, connections } = await orAborted(query(), AbortSignal.timeout(PATIENCE_MS));
    databaseUp.set(1);
    for (const state of ['queued', 'running', 'scheduled'] as const) runnerJobs.set({ state }, Number(jobs[state]));
    runnerOldestSeconds.set(Number(jobs.oldest));
    for (const { state, count } of connections) databaseConnections.set({ state }, Number(count));
  } catch (error) {
    log.warn({ err: error }, 'the database did not answer a scrape');
    databaseUp.set(0);
    runnerJobs.reset();
    runnerOldestSeconds.reset();
  }
}

type Jobs = Record<'queued' | 'running' | 'scheduled' | 'oldest', string | number>;

const query = () =>
  asSystem(async (db) => {
    const [jobs] = await db.execute<Jobs>(sql`
      select count(*) filter (where owner is null and run_at <= now()) as queued,
        count(*) filter (where owner is not null) as running,
        count(*) filter (where owner is null and run_at > now()) as scheduled,
        coalesce(extract(epoch from now() - min(run_at) filter (where owner is null and run_at <= now())), 0) as oldest
      from runner.job`);
    const connections = await db.execute<{ state: string; count: string }>(sql`
      select coalesce(state, 'unknown') as state, count(*) from pg_stat_activity
      where datname = current_database() and usename = current_user and application_name = 'muster' group by 1`);
    return { jobs: jobs ?? { queued: 0, running: 0, scheduled: 0, oldest: 0 }, connections };
  });
