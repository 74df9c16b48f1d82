import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { lockDirectory } from './directory-lock';

export interface EmbeddedDatabase {
  /** Unix socket that speaks the Postgres protocol to exactly one connection. */
  socketPath: string;
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
  // The address of a Unix socket may have 107 bytes: a data directory is often deeper than that.
  const socketDir = mkdtempSync(join(tmpdir(), 'muster-'));
  const socketPath = join(socketDir, 'db');
  const worker = new Worker(new URL('./embedded-worker.mjs', import.meta.url), {
    workerData: { directory: root ? join(root, 'postgres') : 'memory://', socketPath, snapshot },
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

  const release = () => {
    rmSync(socketDir, { recursive: true, force: true });
    unlock();
  };
  try {
    await reply('ready');
  } catch (error) {
    release();
    throw error;
  }
  return {
    socketPath,
    async dump() {
      const dumped = reply<{ type: 'dump'; bytes: Uint8Array }>('dump');
      worker.postMessage('dump');
      return (await dumped).bytes;
    },
    async stop() {
      const stopped = reply('stopped');
      worker.postMessage('stop');
      await stopped;
      await worker.terminate();
      release();
    },
  };
}
