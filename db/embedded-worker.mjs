// Runs PGlite and its socket in a thread of its own, so that SQL and JavaScript each have a core.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { servePostgres } from './embedded-socket.mjs';

const db = await PGlite.create({
  dataDir: workerData.directory,
  extensions: { vector },
  ...(workerData.snapshot ? { loadDataDir: new Blob([workerData.snapshot]) } : {}),
});
const server = await servePostgres(db, workerData.socketPath);
parentPort.postMessage({ type: 'ready' });

parentPort.on('message', async (message) => {
  if (message === 'dump') {
    const dump = await db.dumpDataDir('none');
    const bytes = new Uint8Array(await dump.arrayBuffer());
    parentPort.postMessage({ type: 'dump', bytes }, [bytes.buffer]);
    return;
  }
  server.close();
  await db.close();
  parentPort.postMessage({ type: 'stopped' });
  parentPort.close();
});
