import { createServer } from 'node:net';

// The PostgreSQL protocol (https://www.postgresql.org/docs/18/protocol-message-formats.html), as far as a socket has to know it: a
// message is one byte of type and four of length; the first message of a connection, and requests to encrypt or cancel, have no type.
const STARTUP = 0x00030000;
const CANCEL_REQUEST = 80877102;
const ENCRYPTION_REQUESTS = new Set([80877103, 80877104]);
const TERMINATE = 'X'.charCodeAt(0);

/**
 * Serves PGlite to one client on a Unix socket. PGlite's own socket server takes each message through a queue of promises
 * and writes each piece of an answer by itself, which costs more than most statements: here everything that has arrived
 * goes to the database in one call, and its answer back in one write.
 * PGlite is one backend, so it has one client at a time; another is refused.
 */
export function servePostgres(db, path) {
  let client;
  const server = createServer((socket) => {
    let pending = Buffer.alloc(0);
    let isStarted = false;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (client !== socket) return;
      client = undefined;
      // What a client left open would be in the way of the next one.
      if (db.isInTransaction()) db.execProtocolRawSync(simpleQuery('rollback'));
    });
    socket.on('data', (bytes) => {
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      while (!isStarted && pending.length >= 8) {
        const length = pending.readUInt32BE(0);
        const code = pending.readUInt32BE(4);
        if (pending.length < length) return;
        const message = pending.subarray(0, length);
        pending = pending.subarray(length);
        if (ENCRYPTION_REQUESTS.has(code)) socket.write('N');
        else if (code === CANCEL_REQUEST || client) return void socket.destroy();
        else if (code === STARTUP) {
          client = socket;
          isStarted = true;
          socket.write(answerOf(db, message));
        } else return void socket.destroy();
      }
      if (!isStarted) return;
      const end = endOfMessages(pending);
      if (end === 0) return;
      const answer = answerOf(db, pending.subarray(0, end));
      pending = pending.subarray(end);
      if (answer.length > 0) socket.write(answer);
    });
  });
  const close = () => {
    client?.destroy();
    server.close();
  };
  return new Promise((ready, fail) => {
    server.once('error', fail);
    server.listen(path, () => ready({ close }));
  });
}

/** Up to where `bytes` is whole messages; a goodbye is for the socket alone. */
function endOfMessages(bytes) {
  let end = 0;
  while (bytes.length >= end + 5 && bytes[end] !== TERMINATE) {
    const next = end + 1 + bytes.readUInt32BE(end + 1);
    if (next > bytes.length) break;
    end = next;
  }
  return end;
}

// A copy: PGlite reads a message's memory from its start.
const answerOf = (db, message) => db.execProtocolRawSync(new Uint8Array(message));

function simpleQuery(text) {
  const bytes = Buffer.alloc(text.length + 6);
  bytes.write('Q');
  bytes.writeUInt32BE(text.length + 5, 1);
  bytes.write(text, 5);
  return bytes;
}
