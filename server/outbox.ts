import { asc, inArray, lt, sql } from 'drizzle-orm';
import type { Row } from 'postgres';
import { newId } from '@/db/columns';
import { outbox } from '@/db/schema/governance';
import type { Statement } from '@/db/transaction';
import { type SentEvent, sendEvents } from '@/inngest/client';
import { asSystem } from './context';
import { crashPoint } from './crash-point';
import { log } from './log';
import type { SendingContext } from './system';

type Event = Omit<SentEvent, 'id'>;

/** Before this process began to serve: on a database of others too, for sending an event twice starts nothing twice. */
export const BEFORE_NOW = sql`now()`;
/** Older than this, an event was left by a process that died between its transaction and its sending. */
const LEFT_BEHIND = sql`now() - interval '20 seconds'`;

/**
 * Writes an event in the transaction that causes it and sends it once that is committed. A crash between the two leaves
 * the row for `sendLeftEvents`; the event's id is the row's, so sending it twice starts nothing twice.
 */
export const enqueueEvent = (ctx: SendingContext, event: Event): Promise<void> =>
  enqueueEventIn(ctx, event, async (row) => void (await row));

/** `enqueueEvent` in the very statement that causes it: `write` puts the row into it, and a `from` behind the row. */
export async function enqueueEventIn(
  ctx: SendingContext,
  event: Event,
  write: (row: Statement<Row>) => Promise<void>,
): Promise<void> {
  const id = newId();
  const data = JSON.stringify(event.data);
  await write(ctx.sql`insert into system.outbox (id, name, data) select ${id}::uuid, ${event.name}, ${data}::jsonb`);
  ctx.afterCommit(async () => {
    try {
      crashPoint('event-send.before-effect');
      await sendEvents([{ id, name: event.name, data: event.data }]);
      crashPoint('event-send.before-checkpoint');
      removeSoon(id);
    } catch (error) {
      // What caused the event is committed, and its caller is told so: the job sends it later.
      ctx.log.warn({ err: error, event: id }, 'event not sent yet');
    }
  });
}

/** Sends what a crash left, `since` a time when whoever wrote it is surely gone. @returns how many. */
export async function sendLeftEvents({ since = LEFT_BEHIND, limit = 200 } = {}): Promise<number> {
  const left = await asSystem((db) =>
    db.select().from(outbox).where(lt(outbox.createdAt, since)).orderBy(asc(outbox.createdAt)).limit(limit),
  );
  if (left.length === 0) return 0;
  await sendEvents(left.map(({ id, name, data }) => ({ id, name, data: data as SentEvent['data'] })));
  await remove(left.map(({ id }) => id));
  return left.length;
}

const TIDY_AFTER_MS = 250;
const TIDY_AGAIN_MS = 2_000;
let sent: string[] = [];

/** Removes what was sent, many at once; what a crash leaves is sent again, which starts nothing twice. */
function removeSoon(id: string): void {
  if (sent.push(id) > 1) return;
  setTimeout(() => {
    const ids = sent;
    sent = [];
    remove(ids).then(
      () => crashPoint('event-send.after-checkpoint'),
      (error) => {
        log.warn({ err: error, events: ids.length }, 'sent events stay in the outbox');
        setTimeout(() => ids.forEach(removeSoon), TIDY_AGAIN_MS).unref();
      },
    );
  }, TIDY_AFTER_MS).unref();
}

const remove = (ids: string[]) => asSystem((db) => db.delete(outbox).where(inArray(outbox.id, ids)));
