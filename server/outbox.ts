import { asc, inArray, lt, sql } from 'drizzle-orm';
import { newId } from '@/db/columns';
import { outbox } from '@/db/schema/governance';
import { inngest } from '@/inngest/client';
import type { JsonValue } from '@/lib/contracts/json';
import { asSystem, type TenantContext } from './context';

/** Older than this, an event was left by a process that died between its transaction and its sending. */
const LEFT_BEHIND = sql`now() - interval '20 seconds'`;

/**
 * Writes an event in the transaction that causes it and sends it once that is committed. A crash between the two leaves
 * the row for `sendLeftEvents`; the event's id is the row's, so sending it twice starts nothing twice.
 */
export async function enqueueEvent(
  ctx: TenantContext,
  event: { name: string; data: { [key: string]: JsonValue } },
): Promise<void> {
  const id = newId();
  await ctx.db.insert(outbox).values({ id, name: event.name, data: event.data });
  ctx.afterCommit(async () => {
    await inngest.send({ id, name: event.name, data: event.data });
    // Not awaited: nobody waits for the tidying up, and what it misses the job finds.
    remove([id]).catch((error) => ctx.log.warn({ err: error, event: id }, 'sent event stays in the outbox'));
  });
}

/** Sends what a crash left. @returns how many. */
export async function sendLeftEvents(limit = 200): Promise<number> {
  const left = await asSystem((db) =>
    db.select().from(outbox).where(lt(outbox.createdAt, LEFT_BEHIND)).orderBy(asc(outbox.createdAt)).limit(limit),
  );
  if (left.length === 0) return 0;
  await inngest.send(left.map(({ id, name, data }) => ({ id, name, data: data as Record<string, JsonValue> })));
  await remove(left.map(({ id }) => id));
  return left.length;
}

const remove = (ids: string[]) => asSystem((db) => db.delete(outbox).where(inArray(outbox.id, ids)));
