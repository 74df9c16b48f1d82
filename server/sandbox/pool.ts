import { setPriority } from 'node:os';
import { type Asker, Turns } from '../turns';
import { type Child, startChild } from './start-child';

const LIMITS = { atOnce: 4, maxWaiting: 64, maxWaitingInAll: 256, what: 'programs' };
/** Processes kept ready, and for how long when nobody needs one. */
const SPARES = 2;
const SPARE_MS = 60_000;

interface Pool {
  turns: Turns;
  spares: Promise<Child>[];
  retire?: NodeJS.Timeout;
}

// Pages and route handlers have modules of their own in production; one process wants one pool.
const shared = globalThis as typeof globalThis & { musterSandbox?: Pool };
shared.musterSandbox ??= { turns: new Turns(LIMITS), spares: [] };
const pool = shared.musterSandbox;

/**
 * Gives `work` a process that nobody used before, and kills it afterwards, whatever happened.
 * @throws LimitExceeded when too many programs wait; the reason of `signal` when it is aborted.
 */
export const withChild = <T>(asker: Asker, work: (child: Child) => Promise<T>): Promise<T> =>
  pool.turns.take(asker, async () => {
    const child = await (pool.spares.shift() ?? readyChild());
    try {
      asker.signal.throwIfAborted();
      return await work(child);
    } finally {
      kill(child);
      refill();
    }
  });

/** Starting one takes a tenth of a second: the next programs find theirs ready. */
function refill(): void {
  while (pool.spares.length < SPARES) {
    const spare = readyChild();
    // Whoever takes it is told.
    spare.catch(() => {});
    pool.spares.push(spare);
  }
  clearTimeout(pool.retire);
  pool.retire = setTimeout(() => {
    for (const spare of pool.spares.splice(0)) spare.then(kill, () => {});
  }, SPARE_MS).unref();
}

/** A process that has said that it is ready. It does not keep this one alive. */
async function readyChild(): Promise<Child> {
  const child = await startChild();
  child.unref();
  // Written to after its end: the end itself is what is reported.
  child.stdin.on('error', () => {});
  await new Promise<void>((ready, failed) => {
    child.once('error', failed);
    child.once('exit', () => failed(new Error('The process of the sandbox ended before it was ready.')));
    child.stdout.once('data', () => ready());
  });
  for (const stream of [child.stdin, child.stdout]) if ('unref' in stream) (stream as { unref(): void }).unref();
  if (child.pid) {
    try {
      // The server's own work comes first.
      setPriority(child.pid, 10);
    } catch {
      // It is over, or the system does not allow it.
    }
  }
  return child;
}

function kill(child: Child): void {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It is over already.
  }
}
