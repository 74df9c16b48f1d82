import { createServer, type Socket } from 'node:net';
import { BSON } from 'mongodb';

type Document = Record<string, unknown>;

export interface MongoDouble {
  port: number;
  /** Every command but the handshake, oldest first. */
  commands: Document[];
  close(): Promise<void>;
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/**
 * Speaks MongoDB's wire protocol (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/), far enough for the
 * real driver; `answer` says what a command gets, bytes as they are. No server of MongoDB comes by npm or Debian.
 */
export async function startMongoDouble(answer: (command: Document) => Document | Uint8Array): Promise<MongoDouble> {
  const commands: Document[] = [];
  const sockets = new Set<Socket>();
  const respond = (command: Document): Document | Uint8Array => {
    const [name = ''] = Object.keys(command);
    if (/^(hello|ismaster)$/i.test(name)) {
      return {
        ok: 1,
        isWritablePrimary: true,
        helloOk: true,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        minWireVersion: 0,
        maxWireVersion: 25,
        readOnly: false,
      };
    }
    if (name === 'endSessions' || name === 'killCursors') return { ok: 1 };
    commands.push(command);
    return answer(command);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let held = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 16 && held.length >= held.readInt32LE(0)) {
        const message = held.subarray(0, held.readInt32LE(0));
        held = held.subarray(message.length);
        socket.write(replyTo(message, respond));
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    commands,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function replyTo(message: Buffer, respond: (command: Document) => Document | Uint8Array): Uint8Array {
  const [id, code] = [message.readInt32LE(4), message.readInt32LE(12)];
  if (code === OP_QUERY) {
    const document = BSON.deserialize(message.subarray(message.indexOf(0, 20) + 9));
    return framed(
      id,
      OP_REPLY,
      Buffer.concat([Buffer.alloc(16), Buffer.from([1, 0, 0, 0]), BSON.serialize(respond(document))]),
    );
  }
  if (code !== OP_MSG) throw new Error(`opcode ${code} is not spoken here`);
  const size = message.readInt32LE(21);
  const answer = respond(BSON.deserialize(message.subarray(21, 21 + size)));
  return answer instanceof Uint8Array ? answer : framed(id, OP_MSG, messageBody(answer));
}

/** What follows the head: flags, and one section that is a document. */
export const messageBody = (document: Document) => Buffer.concat([Buffer.alloc(5), BSON.serialize(document)]);

/** @public for answers that are not in order */
export function framed(to: number, code: number, body: Uint8Array, length = 16 + body.length): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(length, 0);
  head.writeInt32LE(to, 8);
  head.writeInt32LE(code, 12);
  return Buffer.concat([head, body]);
}
