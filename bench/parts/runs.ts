import { type LoadPlan, load, loadWell } from '../load-plan';
import { memoryMb } from '../processes';
import type { Cell, Results } from '../results';
import { LATENCIES, type Latency, type Mode, type Muster, type System, TASKS, type Task } from '../systems';

/** Runs of one kind, so many at a time. */
export interface Kind {
  latency: Latency;
  task: Task;
  mode: Mode;
  concurrency: number;
}

/** What has a target. */
export const QUICK: readonly Kind[] = [
  { latency: 'none', task: 'plain', mode: 'wait', concurrency: 1 },
  { latency: 'none', task: 'tool', mode: 'wait', concurrency: 1 },
  { latency: 'none', task: 'plain', mode: 'stream', concurrency: 1 },
  { latency: 'none', task: 'plain', mode: 'wait', concurrency: 32 },
  { latency: 'none', task: 'tool', mode: 'wait', concurrency: 32 },
  { latency: 'slow', task: 'plain', mode: 'wait', concurrency: 200 },
  { latency: 'slow', task: 'plain', mode: 'wait', concurrency: 1_000 },
];

/** How often what has a target is measured: a machine that others share is slower in one minute than in the next. */
const ROUNDS = 3;

export const ALL: readonly Kind[] = LATENCIES.flatMap((latency) =>
  TASKS.flatMap((task) =>
    (['wait', 'stream'] as const).flatMap((mode) =>
      [1, 32, 200, 1_000].map((concurrency) => ({ latency, task, mode, concurrency })),
    ),
  ),
);

export const keyOf = (database: string, { latency, task, mode, concurrency }: Kind): string =>
  [database, latency, task, mode, concurrency].join('/');

/** Without latency one after the other, for so long; with it all at once, so often: that is what takes long. */
function planOf(system: System, { latency, task, mode, concurrency }: Kind, seconds: number): LoadPlan {
  const request = { ...system.request(task, latency, mode), concurrency };
  if (latency === 'none') return { ...request, kind: 'loop', seconds };
  return { ...request, kind: 'burst', rounds: concurrency > 200 ? 1 : concurrency > 1 ? 3 : 5 };
}

/** Every path is hot, and the pools are full. */
export async function warmUp(system: System): Promise<void> {
  for (const task of TASKS) {
    for (const mode of ['wait', 'stream'] as const) {
      await loadWell({ ...system.request(task, 'none', mode), concurrency: 8, kind: 'loop', seconds: 1 });
    }
  }
}

/** The one in the middle, by what its target is about: runs a second, or p95 over bare. */
function middle(cells: readonly Cell[], { latency }: Kind): Cell {
  const worth = ({ bare, muster }: Cell) => (latency === 'none' ? muster.perSecond : bare.p95 / muster.p95);
  return cells.toSorted((a, b) => worth(a) - worth(b))[Math.floor(cells.length / 2)] as Cell;
}

/**
 * Each kind through the bare SDK and at once through this product, what has a target in turns and three times; and the most
 * memory that took.
 */
export async function measureRuns(
  results: Results,
  { bare, muster, kinds, seconds }: { bare: System; muster: Muster; kinds: readonly Kind[]; seconds: number },
): Promise<void> {
  await warmUp(muster);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryMb(muster.pids()));
  }, 2_000);
  const keys = new Set(QUICK.map((kind) => keyOf(muster.database, kind)));
  const measured = new Map<string, Cell[]>();
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const kind of kinds) {
      const key = keyOf(muster.database, kind);
      if (round > 1 && !keys.has(key)) continue;
      console.log(`… ${key}${keys.has(key) ? `, ${round} of ${ROUNDS}` : ''}`);
      const cell = {
        bare: await loadWell(planOf(bare, kind, seconds / 2)),
        muster: await load(planOf(muster, kind, seconds)),
      };
      const cells = [...(measured.get(key) ?? []), cell];
      measured.set(key, cells);
      results.cells[key] = middle(cells, kind);
      const { failures, failure } = cell.muster;
      if (failures > 0) console.log(`  ${failures} of ${failures + cell.muster.answered} failed: ${failure}`);
    }
  }
  clearInterval(watch);
  results.figures[`${muster.database}/peakMb`] = peak;
}
