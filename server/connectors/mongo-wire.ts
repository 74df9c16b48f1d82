import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { Upstream } from '../errors';
import { MAX_WIRE_BYTES, tooLarge } from './rows';

/** Length, two ids and the kind: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
const HEAD_BYTES = 16;
const OP_REPLY = 1;
const OP_MSG = 2013;

/** The part that takes messages off a socket. The driver has it, but its types leave it out. */
interface Connection {
  messageStream: Transform;
}
type ConnectionClass = new (socket: Socket, options: unknown) => Connection;

/**
 * The driver's own connection, but that it is given no more than `MAX_WIRE_BYTES`, all of them together, and no message
 * that is compressed or smaller than its head. Left alone the driver collects 2 GB of a message, inflates what nobody
 * asked to be compressed to whatever it becomes, and reads a message of no length for ever.
 */
export async function guardedConnection(fail: (error: Error) => void): Promise<ConnectionClass> {
  // @ts-expect-error: without types.
  const driver: { Connection: ConnectionClass } = await import('mongodb/lib/cmap/connection.js');
  let received = 0;
  const count = (chunk: Buffer) => {
    received += chunk.length;
    if (received > MAX_WIRE_BYTES) throw tooLarge();
  };
  return class extends driver.Connection {
    constructor(socket: Socket, options: unknown) {
      super(socket, options);
      const gate = messageGate(count);
      gate.on('error', (error) => {
        fail(error);
        socket.destroy(error);
      });
      socket.unpipe();
      socket.pipe(gate).pipe(this.messageStream);
    }
  };
}

/** Passes messages on as they come in, as far as their heads are in order. */
function messageGate(count: (chunk: Buffer) => void): Transform {
  let head = Buffer.alloc(0);
  /** Bytes of the message under way that are still to come. */
  let left = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      try {
        count(chunk);
        for (let rest = chunk; rest.length > 0; ) {
          const taken = rest.subarray(0, left || HEAD_BYTES - head.length);
          rest = rest.subarray(taken.length);
          if (left > 0) {
            left -= taken.length;
            this.push(taken);
            continue;
          }
          head = Buffer.concat([head, taken]);
          if (head.length < HEAD_BYTES) continue;
          left = bodyBytes(head);
          this.push(head);
          head = Buffer.alloc(0);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** @throws Invalid or Upstream where it is no head of a message that is asked for. */
function bodyBytes(head: Buffer): number {
  const [length, kind] = [head.readInt32LE(0), head.readInt32LE(12)];
  if (length < HEAD_BYTES || (kind !== OP_REPLY && kind !== OP_MSG)) {
    throw new Upstream(
      'What answers there does not speak as MongoDB does, or compresses unasked. Check host and port.',
      {
        reason: 'tool_failed',
        retriable: false,
      },
    );
  }
  if (length > MAX_WIRE_BYTES) throw tooLarge();
  return length - HEAD_BYTES;
}
