import { Socket } from 'node:net';

/** postgres.js gathers what is shorter than this over a turn of the event loop, and writes at once what is longer. */
const WRITTEN_AT_ONCE = 1024;

interface Address {
  host: string[];
  port: number[];
  path?: string | false;
}

/** What postgres.js asks for each connection; several hosts are tried in turn. */
export function gatheringSockets(): (address: Address) => Socket {
  let tried = 0;
  return ({ host, port, path }) => {
    const socket = new Socket();
    if (path) return gathering(socket.connect(path));
    const at = tried % host.length;
    tried += 1;
    const place = { host: host[at] ?? 'localhost', port: port[at] ?? 5432 };
    // postgres.js reads the name here that the certificate of the server must have.
    return gathering(Object.assign(socket.connect(place), place));
  };
}

/**
 * Lets a socket hold a long message back until the end of the turn, so that the COMMIT behind it goes in the same system call:
 * two cost this process, and PostgreSQL that wakes for each, a third of a short transaction.
 */
function gathering(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (message: Uint8Array, written?: () => void) => boolean;
  let isHolding = false;
  const letGo = () => {
    if (isHolding) socket.uncork();
    isHolding = false;
  };
  const holdOrWrite = (message: Uint8Array, written?: () => void) => {
    const isLong = message.length >= WRITTEN_AT_ONCE;
    if (isLong && !isHolding) {
      isHolding = true;
      socket.cork();
      // Behind the `setImmediate` in which postgres.js writes what is short, for that begins in a promise of this turn.
      process.nextTick(() => setImmediate(letGo));
    }
    write(message, written);
    if (!isLong) letGo();
    // postgres.js would take "there is no room" for a reason to send what is left of a transaction one by one, each statement
    // when the one before it is answered (as it does over TLS, where the socket is its own). Whoever sends them holds them anyway.
    return true;
  };
  // Not as a method of a class: `connect` puts the method of Socket in its place.
  return Object.assign(socket, { write: holdOrWrite });
}
