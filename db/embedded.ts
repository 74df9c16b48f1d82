import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import postgres from 'postgres';
import { lockDirectory } from './directory-lock';
import { EmbeddedSocket } from './embedded-socket';

export interface EmbeddedDatabase {
  /**
   * A pool of exactly one connection, which is all there may be at a time; in this thread. A whole burst of statements is sent
   * without waiting for answers. A second pool gets an error until the first has ended.
   */
  open(options?: postgres.Options<Record<string, never>>): postgres.Sql;
  /** The whole data directory as a tar, to start copies from. */
  dump(): Promise<Uint8Array>;
  stop(): Promise<void>;
}

interface EmbeddedOptions {
  /** Where the data lives; omitted, it lives in memory and is gone at the end. */
  dataDir?: string;
  /** A `dump()` to start from. */
  snapshot?: Uint8Array;
}

/**
 * Starts PGlite (PostgreSQL in WebAssembly, with pgvector) in a worker thread. A thread, not a process: whatever kills
 * the server kills the database with it, and the directory is free for the next start.
 * @throws Error when another live process has the directory.
 */
export async function startEmbeddedDatabase({ dataDir, snapshot }: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const root = dataDir && resolve(dataDir);
  if (root) mkdirSync(root, { recursive: true, mode: 0o700 });
  const unlock = root ? lockDirectory(root) : () => {};
  const worker = new Worker(resolve('db/embedded-worker.mjs'), {
    workerData: { directory: root ? join(root, 'postgres') : 'memory://', snapshot },
    execArgv: [],
  });

  const reply = <T extends { type: string }>(type: T['type']) =>
    new Promise<T>((done, fail) => {
      const onMessage = (message: T) => {
        if (message.type !== type) return;
        worker.off('message', onMessage).off('error', fail).off('exit', onExit);
        done(message);
      };
      const onExit = (code: number) => fail(new Error(`The embedded database ended with code ${code}.`));
      worker.on('message', onMessage).once('error', fail).once('exit', onExit);
    });

  try {
    await reply('ready');
  } catch (error) {
    unlock();
    throw error;
  }
  let client: EmbeddedSocket | undefined;
  const socket = () => {
    if (client?.readyState === 'open') throw new Error('The embedded database has one client at a time.');
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ type: 'connect', port: port2 }, [port2]);
    client = new EmbeddedSocket(port1);
    return client;
  };
  return {
    open(options) {
      const one = { user: 'postgres', database: 'postgres', max: 1, max_pipeline: 10_000, socket };
      return postgres({ onnotice: () => {}, ...options, ...one } as postgres.Options<Record<string, never>>);
    },
    async dump() {
      const dumped = reply<{ type: 'dump'; bytes: Uint8Array }>('dump');
      worker.postMessage({ type: 'dump' });
      return (await dumped).bytes;
    },
    async stop() {
      const stopped = reply('stopped');
      worker.postMessage({ type: 'stop' });
      await stopped;
      await worker.terminate();
      unlock();
    },
  };
}
