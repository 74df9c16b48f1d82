import { watcherOpened } from '../telemetry/runs';
import type { RunResult } from './summaries';

/**
 * What this process knows of runs under way that is not in the database: the answer as far as it has come, who wants to
 * be woken, and how to abort. One buffer a run, read by every watcher at its own pace: a slow one costs nothing.
 */
interface LiveRun {
  /** Counts what was written to the database; a watcher reads it only when this moved. */
  changes: number;
  /** Counts the changes after which the run does nothing by itself: it ended, or waits for a person. */
  rests: number;
  /** Counts everything, text included. */
  version: number;
  text: { seq: number; value: string } | null;
  /** Somebody here waits for nothing but the end, and what came of the run. */
  isAwaited: boolean;
  result: RunResult | null;
  controllers: Set<AbortController>;
  /** Those who want to know of everything, and those who wait for nothing but its rest. */
  sleepers: Set<() => void>;
  resters: Set<() => void>;
  watchers: number;
  holders: number;
}

/** Carries the same to and from other processes on the same database. */
export interface Relay {
  /** Somebody here watches a run that others may work on. */
  watch(runId: string): void;
  change(runId: string, rests: boolean): void;
  text(runId: string, seq: number, offset: number, delta: string): void;
  cancel(runId: string): void;
}

// Next bundles routes apart; they still share one process and these runs.
const shared = globalThis as typeof globalThis & { musterLiveRuns?: Map<string, LiveRun>; musterRelay?: Relay };
shared.musterLiveRuns ??= new Map();
const runs = shared.musterLiveRuns;

/** Without one, this process is alone. */
export function setRelay(relay: Relay | undefined): void {
  shared.musterRelay = relay;
}

function hold(runId: string): LiveRun {
  const run = runs.get(runId) ?? {
    changes: 0,
    rests: 0,
    version: 0,
    text: null,
    isAwaited: false,
    result: null,
    controllers: new Set(),
    sleepers: new Set(),
    resters: new Set(),
    watchers: 0,
    holders: 0,
  };
  runs.set(runId, run);
  run.holders += 1;
  return run;
}

function release(runId: string, run: LiveRun): void {
  run.holders -= 1;
  if (run.holders === 0) runs.delete(runId);
}

function wake(run: LiveRun): void {
  run.version += 1;
  for (const sleeper of run.sleepers) sleeper();
}

/** Whether whoever ends a run should hand over its `result` with that. */
export const isAwaited = (runId: string): boolean => runs.get(runId)?.isAwaited ?? false;

/** Tells whoever watches, here or elsewhere, that the database has something new of a run. */
export function announceChange(
  runId: string,
  { rests = false, result }: { rests?: boolean; result?: RunResult | undefined } = {},
): void {
  const run = runs.get(runId);
  if (run && result) run.result = result;
  takeChange(runId, rests);
  shared.musterRelay?.change(runId, rests);
}

/** Another process wrote something of a run. Nothing happens when nobody here watches it. */
export function takeChange(runId: string, rests: boolean): void {
  const run = runs.get(runId);
  if (!run) return;
  run.changes += 1;
  if (rests) {
    run.rests += 1;
    for (const rester of run.resters) rester();
  }
  wake(run);
}

/**
 * Another process tells how an answer goes on.
 * @returns false when something between is missing.
 */
export function takeText(runId: string, seq: number, offset: number, delta: string): boolean {
  const run = runs.get(runId);
  // What this process works on itself it knows better; of an answer before the one that is known, everything is.
  if (!run || run.controllers.size > 0 || (run.text && run.text.seq > seq)) return true;
  const known = run.text?.seq === seq ? run.text.value : '';
  if (offset > known.length) return false;
  if (offset + delta.length <= known.length) return true;
  run.text = { seq, value: known + delta.slice(known.length - offset) };
  wake(run);
  return true;
}

/** Everything watched here may have changed: messages were lost. */
export function takeEverything(): void {
  for (const runId of watchedRuns()) takeChange(runId, false);
}

export const watchedRuns = (): string[] => [...runs].filter(([, run]) => run.watchers > 0).map(([runId]) => runId);

/** The answer under way here, for others. */
export function workingText(runId: string): LiveRun['text'] {
  const run = runs.get(runId);
  return run && run.controllers.size > 0 ? run.text : null;
}

/** Aborts what any process is doing for a run, upstream calls included. */
export function abortRun(runId: string): void {
  takeCancel(runId);
  shared.musterRelay?.cancel(runId);
}

/** Aborts what this process is doing for a run. */
export function takeCancel(runId: string): void {
  for (const controller of runs.get(runId)?.controllers ?? [])
    controller.abort(new RunCancelled('The run was cancelled.'));
}

export class RunCancelled extends Error {}

/** For as long as a step works: a signal that `abortRun` fires. Call `close` at the end. */
export function openWork(runId: string) {
  const run = hold(runId);
  const controller = new AbortController();
  run.controllers.add(controller);
  return {
    signal: controller.signal,
    abort: (reason: Error) => controller.abort(reason),
    /** Appends to the answer of model span `seq`. */
    append(seq: number, delta: string): void {
      const offset = run.text?.seq === seq ? run.text.value.length : 0;
      if (run.text?.seq === seq) run.text.value += delta;
      else run.text = { seq, value: delta };
      if (run.sleepers.size > 0) wake(run);
      shared.musterRelay?.text(runId, seq, offset, delta);
    },
    /** The answer of model span `seq` so far. */
    textOf: (seq: number): string => (run.text?.seq === seq ? run.text.value : ''),
    close(): void {
      run.controllers.delete(controller);
      release(runId, run);
    },
  };
}

/** Until whoever wakes these does, `signal` fires, or the time is over; `false` for the last. */
function sleep(sleepers: Set<() => void>, signal: AbortSignal, timeoutMs: number): Promise<boolean> | true {
  if (signal.aborted) return true;
  return new Promise<boolean>((done) => {
    const finish = (news: boolean) => {
      sleepers.delete(onNews);
      signal.removeEventListener('abort', onNews);
      clearTimeout(timer);
      done(news);
    };
    const onNews = () => finish(true);
    const timer = setTimeout(() => finish(false), timeoutMs);
    sleepers.add(onNews);
    signal.addEventListener('abort', onNews, { once: true });
  });
}

/** For as long as somebody watches a run. Call `close` at the end. */
export function openWatch(runId: string) {
  const run = hold(runId);
  run.watchers += 1;
  shared.musterRelay?.watch(runId);
  const leave = watcherOpened();
  return {
    get changes() {
      return run.changes;
    },
    get rests() {
      return run.rests;
    },
    get version() {
      return run.version;
    },
    get text() {
      return run.text;
    },
    get result() {
      return run.result;
    },
    /** Asks whoever ends the run, if it ends here, for its `result`. */
    awaitResult(): void {
      run.isAwaited = true;
    },
    /** Sleeps until something is newer than `version`, `signal` fires, or the time is over; `false` for the last. */
    next: async (version: number, signal: AbortSignal, timeoutMs: number): Promise<boolean> =>
      run.version !== version || sleep(run.sleepers, signal, timeoutMs),
    /** The same until the run rests: text and other changes wake nobody here. */
    untilRest: async (signal: AbortSignal, timeoutMs: number): Promise<boolean> =>
      run.rests > 0 || sleep(run.resters, signal, timeoutMs),
    close(): void {
      run.watchers -= 1;
      leave();
      release(runId, run);
    },
  };
}
