import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import type { Logger } from '../log';
import * as live from './live';

/**
 * What goes on in runs, told between the server processes of one database by LISTEN and NOTIFY: a run on one process is
 * watched on another token by token. Only what somebody watches elsewhere is sent, and nothing while a process is alone:
 * a notification makes the server's commits wait for each other.
 */

const CHANNEL = 'muster_live';
/** A notification has 8,000 bytes; JSON makes up to six of a character. */
const TEXT_CHARACTERS = 1_200;
/** How long pieces of an answer are gathered. */
const GATHER_MS = 15;
const HELLO_MS = 10_000;
/** Who was not heard of for so long is gone. */
const GONE_MS = 3 * HELLO_MS + 5_000;

type Message = { from: string } & (
  | { type: 'hello'; answer: boolean }
  | { type: 'watch'; runs: string[] }
  | { type: 'change'; run: string; rests: boolean }
  | { type: 'text'; run: string; seq: number; offset: number; text: string }
  | { type: 'cancel'; run: string }
);
type Told<M = Message> = M extends unknown ? Omit<M, 'from'> : never;

export interface RunningRelay {
  stop(): Promise<void>;
}

/** Joins the other processes on `sql`'s database. Not for the embedded database, which has one process. */
export async function startRelay(sql: Sql, log: Logger): Promise<RunningRelay> {
  const self = randomUUID();
  /** Other processes, and runs that are watched there, with the time they were last heard of. */
  const others = new Map<string, number>();
  const wanted = new Map<string, number>();
  const pieces = new Map<string, { seq: number; offset: number; text: string }>();
  let outgoing: string[] = [];
  let sending: NodeJS.Timeout | undefined;

  const isAlone = () => others.size === 0;

  function tell(message: Told): void {
    outgoing.push(JSON.stringify({ from: self, ...message }));
    sending ??= setTimeout(send, 0);
  }

  async function send(): Promise<void> {
    sending = undefined;
    const messages = outgoing;
    outgoing = [];
    try {
      await sql`select pg_notify(${CHANNEL}, message) from unnest(${messages}::text[]) message`;
    } catch (error) {
      // Watchers elsewhere look again by themselves.
      log.warn({ err: error, messages: messages.length }, 'could not tell other processes');
    }
  }

  function tellText(run: string, seq: number, offset: number, text: string): void {
    for (let at = 0; at < text.length; at += TEXT_CHARACTERS) {
      tell({ type: 'text', run, seq, offset: offset + at, text: text.slice(at, at + TEXT_CHARACTERS) });
    }
  }

  function flush(run: string): void {
    const piece = pieces.get(run);
    pieces.delete(run);
    if (piece) tellText(run, piece.seq, piece.offset, piece.text);
  }

  const watchAll = () => {
    const runs = live.watchedRuns();
    for (let at = 0; at < runs.length; at += 100) tell({ type: 'watch', runs: runs.slice(at, at + 100) });
  };

  function take(message: Message): void {
    if (message.from === self) return;
    if (!others.has(message.from) && message.type !== 'hello') tell({ type: 'hello', answer: true });
    const isNew = !others.has(message.from);
    others.set(message.from, Date.now());
    if (isNew) watchAll();
    switch (message.type) {
      case 'hello':
        if (message.answer) tell({ type: 'hello', answer: false });
        return;
      case 'watch':
        for (const run of message.runs) {
          wanted.set(run, Date.now());
          const text = live.workingText(run);
          if (text) tellText(run, text.seq, 0, text.value);
        }
        return;
      case 'change':
        live.takeChange(message.run, message.rests);
        return;
      case 'text': {
        const { run, seq, offset, text } = message;
        if (!live.takeText(run, seq, offset, text)) tell({ type: 'watch', runs: [run] });
        return;
      }
      case 'cancel':
        live.takeCancel(message.run);
    }
  }

  const listening = await sql.listen(
    CHANNEL,
    (payload) => {
      try {
        take(JSON.parse(payload) as Message);
      } catch (error) {
        log.warn({ err: error }, 'a message of another process was not understood');
      }
    },
    // At first, and whenever the connection was lost and is back: what was said meanwhile is lost.
    () => {
      live.takeEverything();
      tell({ type: 'hello', answer: true });
      watchAll();
    },
  );

  const beat = setInterval(() => {
    const gone = Date.now() - GONE_MS;
    for (const heard of [others, wanted]) for (const [id, at] of heard) if (at < gone) heard.delete(id);
    tell({ type: 'hello', answer: false });
    if (!isAlone()) watchAll();
  }, HELLO_MS);
  beat.unref();

  live.setRelay({
    watch: (run) => {
      if (!isAlone()) tell({ type: 'watch', runs: [run] });
    },
    change: (run, rests) => {
      if (!wanted.has(run)) return;
      flush(run);
      tell({ type: 'change', run, rests });
    },
    text: (run, seq, offset, delta) => {
      if (!wanted.has(run)) return;
      const piece = pieces.get(run);
      if (piece && piece.seq === seq) {
        piece.text += delta;
        return;
      }
      if (piece) flush(run);
      pieces.set(run, { seq, offset, text: delta });
      setTimeout(flush, GATHER_MS, run);
    },
    cancel: (run) => {
      if (!isAlone()) tell({ type: 'cancel', run });
    },
  });

  return {
    async stop() {
      live.setRelay(undefined);
      clearInterval(beat);
      clearTimeout(sending);
      await listening.unlisten();
    },
  };
}
