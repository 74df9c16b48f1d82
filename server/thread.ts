import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Invalid } from './errors';
import { type Asker, Turns } from './turns';

const MEMORY_MB = 256;
const TIMEOUT_MS = 8_000;

export interface Thread {
  /** Where its module is, from the root of the project: Next bundles what is imported. */
  module: string;
  turns: Turns;
  /** Told when it takes too long, and when it cannot be done. */
  late: string;
  broken: string;
}

/** Each takes up to as much memory as is given above. */
export const turnsAtReading = (what: string) =>
  new Turns({
    atOnce: 2,
    maxWaiting: 100,
    refusal: `Too many ${what} of your organization wait to be read at this moment. Try again shortly.`,
  });

/**
 * What a thread of its own makes of `data` and posts: for what takes long when somebody wants it to.
 * @throws Invalid when it cannot be done; LimitExceeded when too many wait; the reason of the signal.
 */
export const inThread = <T>({ module, turns, late, broken }: Thread, data: unknown, asker: Asker): Promise<T> =>
  turns.take(asker, async () => {
    const worker = new Worker(join(process.cwd(), module), {
      workerData: data,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const stop = () => void worker.terminate();
    const either = AbortSignal.any([asker.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    either.addEventListener('abort', stop, { once: true });
    try {
      return await new Promise<T>((done, fail) => {
        worker
          .once('message', done)
          .once('error', fail)
          .once('exit', () => fail(new Invalid(late)));
      });
    } catch (error) {
      asker.signal.throwIfAborted();
      if (error instanceof Invalid) throw error;
      throw new Invalid(broken);
    } finally {
      either.removeEventListener('abort', stop);
      await worker.terminate();
    }
  });
