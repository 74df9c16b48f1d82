import { and, desc, eq, ilike, isNotNull, lt, sql } from 'drizzle-orm';
import { newId } from '@/db/columns';
import { mails } from '@/db/schema/mail';
import type { ListMailInput, Mail, MailMessage } from '@/lib/contracts/mail';
import type { PageOf } from '@/lib/contracts/paging';
import { asSystem, type TenantContext } from '../context';
import { idCursor, likeAnywhere, toPage } from '../paging';

export async function insertMail({ db }: Pick<TenantContext, 'db'>, message: MailMessage): Promise<string> {
  const id = newId();
  await db.insert(mails).values({ id, to: message.to.toLowerCase(), message });
  return id;
}

export const findMail = (id: string): Promise<MailMessage | undefined> =>
  asSystem(async (db) => {
    const [row] = await db.select({ message: mails.message }).from(mails).where(eq(mails.id, id));
    return row?.message;
  });

export const deleteMail = (id: string): Promise<void> =>
  asSystem(async (db) => {
    await db.delete(mails).where(eq(mails.id, id));
  });

export const markDelivered = (id: string): Promise<void> =>
  asSystem(async (db) => {
    await db.update(mails).set({ deliveredAt: sql`now()` }).where(eq(mails.id, id));
  });

/** Newest first. */
export const selectMailbox = ({ cursor, limit, to }: ListMailInput): Promise<PageOf<Mail>> =>
  asSystem(async (db) => {
    const before = idCursor(cursor);
    const rows = await db
      .select({ id: mails.id, message: mails.message, createdAt: mails.createdAt })
      .from(mails)
      .where(
        and(
          isNotNull(mails.deliveredAt),
          before ? lt(mails.id, before) : undefined,
          to ? ilike(mails.to, likeAnywhere(to)) : undefined,
        ),
      )
      .orderBy(desc(mails.id))
      .limit(limit + 1);
    return toPage(rows, limit, (row) => row.id);
  });

/** @returns how many. */
export const deleteOldMail = (olderThanDays: number): Promise<number> =>
  asSystem(async (db) => {
    const rows = await db
      .delete(mails)
      .where(lt(mails.createdAt, sql`now() - make_interval(days => ${olderThanDays})`))
      .returning({ id: mails.id });
    return rows.length;
  });
