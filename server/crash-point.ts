import { readFileSync, renameSync } from 'node:fs';
import { env } from '@/lib/env';

/**
 * Where a test may kill the process. Every place has three moments: before its effect; after the effect, before it is known
 * for good that it happened; and after that. `docs/reliability.md` says what each place promises.
 */
const PLACES = [
  'model-call',
  'tool-call',
  'reserve',
  'settle',
  'event-send',
  'question-open',
  'question-close',
  'audit',
  'stream',
  'step',
] as const;
const MOMENTS = ['before-effect', 'before-checkpoint', 'after-checkpoint'] as const;

export type Moment = (typeof MOMENTS)[number];
export type CrashPoint = `${(typeof PLACES)[number]}.${Moment}`;

export const CRASH_POINTS: readonly CrashPoint[] = PLACES.flatMap((place) =>
  MOMENTS.map((moment) => `${place}.${moment}` as const),
);

const file = env.MUSTER_CRASH_FILE;

/** Does nothing, unless the file a test named holds `point`: then the process is killed, as by a failure of the machine. */
export function crashPoint(point: CrashPoint): void {
  if (file !== undefined) crashIfArmed(file, point);
}

function crashIfArmed(path: string, point: CrashPoint): void {
  try {
    if (readFileSync(path, 'utf8') !== point) return;
    // Tells the test that it happened, and disarms the next start.
    renameSync(path, `${path}.fired`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  process.kill(process.pid, 'SIGKILL');
}
