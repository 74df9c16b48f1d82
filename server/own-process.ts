import { type Serializable, spawn } from 'node:child_process';
import { Invalid } from './errors';
import { type Asker, Turns } from './turns';

const MEMORY_MB = 256;
const TIMEOUT_MS = 8_000;

const NO_ENVIRONMENT = {} as NodeJS.ProcessEnv;

export interface Reader {
  /** The path of its module. Not relative to what names it: Next bundles that. */
  module: string;
  turns: Turns;
  /** Told when it takes too long, and when it cannot be done. */
  late: string;
  broken: string;
}

/** Each takes up to as much memory as is given above. */
export const turnsAtReading = (what: string) => new Turns({ atOnce: 2, maxWaiting: 100, maxWaitingInAll: 200, what });

/**
 * What a process of its own makes of `data` and sends: for what takes long, or everything, when somebody wants it to. A
 * thread would not do: one that runs out of memory can end the whole server.
 * @throws Invalid when it cannot be done; LimitExceeded when too many wait; the reason of the signal.
 */
export const inOwnProcess = <T>(
  { module, turns, late, broken }: Reader,
  data: Serializable,
  asker: Asker,
): Promise<T> =>
  turns.take(asker, async () => {
    const overdue = AbortSignal.timeout(TIMEOUT_MS);
    // Not `fork`, which Next follows to bundle what is forked.
    const child = spawn(process.execPath, [`--max-old-space-size=${MEMORY_MB}`, module], {
      env: NO_ENVIRONMENT,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      signal: AbortSignal.any([asker.signal, overdue]),
      killSignal: 'SIGKILL',
    });
    try {
      return await new Promise<T>((done, fail) => {
        child.once('message', (answer) => done(answer as T));
        child.once('error', fail);
        child.once('exit', () => fail(new Invalid(broken)));
        child.send(data, (error) => error && fail(error));
      });
    } catch (error) {
      asker.signal.throwIfAborted();
      if (overdue.aborted) throw new Invalid(late);
      if (error instanceof Invalid) throw error;
      throw new Invalid(broken);
    } finally {
      // What is over already cannot fail any more, and who is killed has nothing to say.
      child.on('error', () => {});
      child.kill('SIGKILL');
    }
  });
