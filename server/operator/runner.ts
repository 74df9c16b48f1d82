import { isEmbedded } from '@/db/client';
import { createOperator, describeFlow, findEmbeddedRunner, type Operator } from '@/inngest/embedded';
import {
  type ListRunnerRunsInput,
  RUNNER_RUN_STATUSES,
  type RunnerOverview,
  type RunnerPlace,
  type RunnerRun,
  type RunnerRunDetail,
  type RunnerRunInput,
  type RunnerStep,
} from '@/lib/contracts/operator';
import type { PageOf } from '@/lib/contracts/paging';
import { env } from '@/lib/env';
import type { SignedIn } from '../context';
import { NotFound, PreconditionFailed } from '../errors';
import { log } from '../log';
import { toPage } from '../paging';

type Row = Record<string, unknown>;

// Pages and route handlers are bundled apart; what the view has learned of the functions is kept once.
const shared = globalThis as typeof globalThis & { musterOperator?: Operator };

function operator(): Operator {
  shared.musterOperator ??= createOperator({
    exclusive: isEmbedded,
    wake: () => findEmbeddedRunner()?.wake?.(),
    log: log.child({ part: 'operator' }),
  });
  return shared.musterOperator;
}

/** A moment more than this process is old: it announces its functions when it starts. */
const sinceStartMs = () => process.uptime() * 1000 + 60_000;

/** With INNGEST_BASE_URL our functions are on this database only if the runner there is one of ours. */
async function placeOf(): Promise<RunnerPlace> {
  if (!env.INNGEST_BASE_URL) return 'embedded';
  return (await operator().registeredSince(sinceStartMs())) ? 'separate' : 'elsewhere';
}

const count = (value: unknown): number => Number(value ?? 0);
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const date = (value: unknown): Date | null => (typeof value === 'string' ? new Date(value) : null);

/** What the runner is doing now, and the functions it knows. */
export async function viewRunner(): Promise<RunnerOverview> {
  const place = await placeOf();
  const host = env.INNGEST_BASE_URL ? new URL(env.INNGEST_BASE_URL).host : null;
  const nothing = { queued: 0, running: 0, scheduled: 0, failedLastDay: 0, oldestMs: 0 };
  if (place === 'elsewhere') return { place, host, ...nothing, functions: [] };
  const [counts, known] = await Promise.all([operator().counts(), operator().functions()]);
  const functions = known.map(({ appId, config, row }) => ({
    id: config.id,
    appId,
    name: config.name ?? config.id,
    triggers: config.triggers.map((trigger) => ('cron' in trigger ? `cron ${trigger.cron}` : trigger.event)),
    flow: describeFlow(config),
    queued: count(row.queued),
    running: count(row.running),
    failedLastDay: count(row.failed),
  }));
  return {
    place,
    host,
    queued: count(counts.queued),
    running: count(counts.running),
    scheduled: count(counts.scheduled),
    oldestMs: count(counts.oldest_ms),
    failedLastDay: functions.reduce((sum, { failedLastDay }) => sum + failedLastDay, 0),
    functions: functions.sort((a, b) => a.id.localeCompare(b.id)),
  };
}

const runOf = (row: Row): RunnerRun => ({
  id: String(row.id),
  functionId: String(row.fn_id),
  status: RUNNER_RUN_STATUSES.find((status) => status === row.status) ?? 'waiting',
  eventName: text(row.event_name) ?? '',
  createdAt: new Date(String(row.created_at)),
  endedAt: date(row.ended_at),
  steps: count(row.done_count),
  attempt: row.attempt === null ? null : count(row.attempt),
  lastError: text(row.last_error),
});

const stepOf = (row: Row): RunnerStep => ({
  id: String(row.id),
  name: String(row.name),
  op: String(row.op),
  status: row.done !== true ? 'open' : row.failed === true ? 'failed' : 'completed',
  createdAt: new Date(String(row.created_at)),
  doneAt: date(row.done_at),
});

/** Runs of every app, newest first. */
export async function listRunnerRuns({ cursor, limit, ...filter }: ListRunnerRunsInput): Promise<PageOf<RunnerRun>> {
  const rows = await operator().runs({ ...filter, before: cursor, limit: limit + 1 });
  return toPage(rows.map(runOf), limit, (run) => run.id);
}

/** @throws NotFound */
export async function getRunnerRun({ runId }: RunnerRunInput): Promise<RunnerRunDetail> {
  const [row, steps] = await Promise.all([operator().run(runId), operator().steps(runId)]);
  if (!row) throw new NotFound('run');
  return {
    ...runOf(row),
    eventId: String(row.event_id),
    parentRunId: text(row.parent_run_id),
    nextAt: date(row.next_at),
    stepList: steps.map(stepOf),
  };
}

/** A failed run goes on at the step that failed it. @throws NotFound, PreconditionFailed */
export async function retryRunnerRun(session: SignedIn, { runId }: RunnerRunInput): Promise<void> {
  const outcome = await operator().retry(runId);
  if (outcome === 'unknown') throw new NotFound('run');
  if (outcome === 'refused')
    throw new PreconditionFailed('Only a failed run can be retried, while its function is there.');
  log.info({ actor: session.user.id, runnerRun: runId }, 'The operator has a run of the runner tried again');
}

/** @throws NotFound, PreconditionFailed */
export async function cancelRunnerRun(session: SignedIn, { runId }: RunnerRunInput): Promise<void> {
  const outcome = await operator().cancel(runId);
  if (outcome === 'unknown') throw new NotFound('run');
  if (outcome === 'refused') throw new PreconditionFailed('This run has ended already.');
  log.info({ actor: session.user.id, runnerRun: runId }, 'The operator has cancelled a run of the runner');
}
