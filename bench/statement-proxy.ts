import { connect, createServer, type Socket } from 'node:net';

/** What went through: commands the database executed, times somebody waited for it, and which statements they were. */
export interface Traffic {
  statements: number;
  trips: number;
  texts: Map<string, number>;
}

/**
 * Stands between a server and its Postgres and counts what is really sent, whoever sends it. It reads the frontend's side
 * of the protocol (https://www.postgresql.org/docs/current/protocol-message-formats.html) and changes nothing.
 */
export async function startStatementProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const traffic: Traffic = { statements: 0, trips: 0, texts: new Map() };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    const read = createReader(traffic);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(one.setNoDelay(true));
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.end();
      });
    }
    // Whoever sends after an answer has waited for it.
    let answered = true;
    client.on('data', (chunk: Buffer) => {
      if (answered) traffic.trips += 1;
      answered = false;
      read(chunk);
      database.write(chunk);
    });
    database.on('data', (chunk) => {
      answered = true;
      client.write(chunk);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const url = new URL(target);
  if (address !== null && typeof address !== 'string') url.port = String(address.port);
  return {
    url: url.href,
    /** What went through since the last time. */
    take(): Traffic {
      const taken = { ...traffic, texts: new Map(traffic.texts) };
      traffic.statements = 0;
      traffic.trips = 0;
      traffic.texts.clear();
      return taken;
    },
    stop(): void {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Cuts one connection's bytes into messages and counts those that execute something. */
function createReader(traffic: Traffic): (chunk: Buffer) => void {
  const prepared = new Map<string, string>();
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  let bound = '';
  const executed = (text: string) => {
    traffic.statements += 1;
    traffic.texts.set(text, (traffic.texts.get(text) ?? 0) + 1);
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      // The first message has no type.
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return;
      const [first = '', second = ''] = rest
        .subarray(head + 4, length)
        .toString('utf8')
        .split('\0', 2);
      const type = started ? String.fromCharCode(rest[0] ?? 0) : '';
      if (type === 'P') prepared.set(first, plain(second));
      else if (type === 'B') bound = prepared.get(second) ?? '?';
      else if (type === 'E') executed(bound);
      else if (type === 'Q') executed(plain(first));
      started = true;
      rest = rest.subarray(length);
    }
  };
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 160);
