import { isEmbedded } from '@/db/client';
import { newId } from '@/db/columns';
import {
  formatCursor,
  isEnded,
  parseCursor,
  type RunEvent,
  type RunTrigger,
  type StartRunInput,
  type WatchRunInput,
} from '@/lib/contracts/runs';
import { selectApprovals } from '../approvals/service';
import { type OrgContext, requirePermission, withTenant } from '../context';
import type { OnceKey } from '../idempotency';
import { stopping } from '../stopping';
import { openWatch } from './live';
import { getNews } from './news';
import { startRun } from './service';
import * as summaries from './summaries';

/** Every change is told; looking is only a safety net, tighter where messages between processes can be lost. */
const LOOK_AGAIN_MS = isEmbedded ? 15_000 : 3_000;
/** How long nothing is told of a run that has just been started and waits for its turn. */
const FIRST_LOOK_MS = 100;

/** Who waits here is let go when this process stops, and comes back to another. */
export const orStopping = (signal?: AbortSignal): AbortSignal =>
  signal ? AbortSignal.any([signal, stopping]) : stopping;

export interface WatchedEvent {
  /** Where the watcher is after this event: handed back as `lastEventId`, it goes on from here. */
  id: string;
  event: RunEvent;
}

/**
 * Tells a run's state from `lastEventId` on, then every change, until the run has ended.
 * A watcher is told state, not history: one that was away is told what is new since, once.
 * @throws NotFound
 */
export async function* watchRun(
  ctx: OrgContext,
  input: WatchRunInput,
  signal: AbortSignal,
  watching?: ReturnType<typeof openWatch>,
): AsyncGenerator<WatchedEvent> {
  requirePermission(ctx, 'runs:read');
  const { runId } = input;
  const cursor = parseCursor(input.lastEventId);
  const at = (event: RunEvent): WatchedEvent => ({ id: formatCursor(cursor), event });
  const live = watching ?? openWatch(runId);

  function* textUpTo(seq: number, text: string): Generator<WatchedEvent> {
    const offset = seq === cursor.seq ? cursor.offset : 0;
    if (seq < cursor.seq || text.length <= offset) return;
    cursor.seq = seq;
    cursor.offset = text.length;
    yield at({ type: 'text', seq, offset, delta: text.slice(offset) });
  }

  try {
    let changesSeen = -1;
    while (!signal.aborted) {
      const { version, changes } = live;
      if (changes !== changesSeen) {
        changesSeen = changes;
        const {
          run: { output, ...run },
          ...news
        } = await readChanges(ctx, runId, cursor);
        for (const answer of news.answers) yield* textUpTo(answer.seq, answer.text);
        for (const span of news.spans) yield at({ type: 'span', span });
        for (const approval of news.approvals) yield at({ type: 'approval', approval });
        // The revision moves only here: whoever is cut off before this is told the spans again.
        if (run.revision > cursor.revision || cursor.revision === 0) {
          cursor.revision = run.revision;
          yield at({ type: 'run', run, output });
        }
        if (isEnded(run.status)) {
          yield at({ type: 'end' });
          return;
        }
      }
      if (live.text) yield* textUpTo(live.text.seq, live.text.value);
      const isNews = await live.next(version, signal, LOOK_AGAIN_MS);
      if (!isNews) changesSeen = -1;
    }
  } finally {
    live.close();
  }
}

/** Starts a run that is to be watched, once, from its beginning. @throws what `startRun` does */
export async function startWatched(ctx: OrgContext, input: StartRunInput, trigger: RunTrigger, once?: OnceKey) {
  requirePermission(ctx, 'runs:read');
  const newRunId = newId();
  const live = openWatch(newRunId);
  try {
    const { id: runId } = await startRun(ctx, input, trigger, once, newRunId);
    if (runId !== newRunId) live.close();
    async function* watch(lastEventId: string | undefined, signal: AbortSignal): AsyncGenerator<WatchedEvent> {
      if (runId !== newRunId) return yield* watchRun(ctx, { runId, lastEventId }, signal);
      // Most runs begin at once: there is nothing to look up before that.
      await live.next(0, signal, FIRST_LOOK_MS);
      yield* watchRun(ctx, { runId, lastEventId }, signal, live);
    }
    return { runId, watch };
  } catch (error) {
    live.close();
    throw error;
  }
}

/** What is new since the cursor. The run is read first: what comes behind it is told again rather than missed. */
async function readChanges(ctx: OrgContext, runId: string, cursor: { revision: number; seq: number }) {
  const { hasApprovals, ...news } = await getNews(ctx, runId, cursor);
  const isFirst = cursor.revision === 0;
  const asked = isFirst || news.run.status === 'waiting' || news.spans.some(({ kind }) => kind !== 'model');
  const approvals = hasApprovals && asked ? await withTenant(ctx, (tx) => selectApprovals(tx, runId)) : [];
  return { ...news, approvals };
}

/**
 * Starts a run and waits until it has ended or waits for a person; gives up when `signal` fires. Whoever watches before there
 * is anything to see has nothing to look up, and is handed the result by whoever ends the run in this process.
 * @throws what `startRun` does
 */
export async function startAndWait(
  ctx: OrgContext,
  input: StartRunInput,
  trigger: RunTrigger,
  { once, signal }: { once?: OnceKey; signal: AbortSignal },
): Promise<summaries.RunResult> {
  requirePermission(ctx, 'runs:read');
  const runId = newId();
  const live = openWatch(runId);
  live.awaitResult();
  try {
    const run = await startRun(ctx, input, trigger, once, runId);
    if (run.id === runId) await untilRest(ctx, runId, live, signal);
    else await waitForRun(ctx, run.id, signal);
    return live.result ?? (await summaries.getRunResult(ctx, run.id));
  } finally {
    live.close();
  }
}

/**
 * Waits until a run has ended or waits for a person; gives up when `signal` fires.
 * @throws NotFound
 */
export async function waitForRun(ctx: OrgContext, runId: string, signal: AbortSignal): Promise<void> {
  requirePermission(ctx, 'runs:read');
  const live = openWatch(runId);
  try {
    if (!(await rests(ctx, runId))) await untilRest(ctx, runId, live, signal);
  } finally {
    live.close();
  }
}

/** What this process does is told by `live`; what others do is looked up now and then. */
async function untilRest(ctx: OrgContext, runId: string, live: ReturnType<typeof openWatch>, signal: AbortSignal) {
  while (!signal.aborted && live.rests === 0) {
    const isTold = await live.untilRest(signal, LOOK_AGAIN_MS);
    if (!isTold && (await rests(ctx, runId))) return;
  }
}

async function rests(ctx: OrgContext, runId: string): Promise<boolean> {
  const { status } = await withTenant(ctx, (tx) => summaries.getRunSummary(tx, runId));
  return isEnded(status) || status === 'waiting';
}
