// Runs PGlite in a thread of its own, so that SQL and JavaScript each have a core.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

const db = await PGlite.create({
  dataDir: workerData.directory,
  extensions: { vector },
  ...(workerData.snapshot ? { loadDataDir: new Blob([workerData.snapshot]) } : {}),
});
let client;
parentPort.postMessage({ type: 'ready' });

parentPort.on('message', async (message) => {
  if (message.type === 'connect') return connect(message.port);
  if (message.type === 'dump') {
    const dump = await db.dumpDataDir('none');
    const bytes = new Uint8Array(await dump.arrayBuffer());
    parentPort.postMessage({ type: 'dump', bytes }, [bytes.buffer]);
    return;
  }
  client?.close();
  await db.close();
  parentPort.postMessage({ type: 'stopped' });
  parentPort.close();
});

/**
 * Whole messages of the PostgreSQL protocol come in, whole answers go out: everything that was sent at once goes to the
 * database in one call. PGlite is one backend, so it has one client at a time: the newest, which has seen the one before end.
 */
function connect(port) {
  client?.close();
  client = port;
  if (db.isInTransaction()) db.execProtocolRawSync(simpleQuery('rollback'));
  port.on('message', (messages) => {
    if (client !== port) return;
    const answer = ownMemory(db.execProtocolRawSync(messages));
    if (answer.length > 0) port.postMessage(answer, [answer.buffer]);
  });
}

/** Bytes that can be given away: some answers are a view of PGlite's own memory. */
const ownMemory = (bytes) => (bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes));

function simpleQuery(text) {
  const bytes = Buffer.alloc(text.length + 6);
  bytes.write('Q');
  bytes.writeUInt32BE(text.length + 5, 1);
  bytes.write(text, 5);
  return new Uint8Array(bytes);
}
