import { index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import type { MailMessage } from '@/lib/contracts/mail';
import { createdAt, id, instant } from '../columns';
import { system } from './governance';

/**
 * Mail on its way, written in the transaction that causes it. What went out over SMTP is removed: links in it open
 * accounts. Without a mail server this is the local mailbox.
 */
export const mails = system.table(
  'mails',
  {
    id: id(),
    /** Lower case. */
    to: text('to').notNull(),
    message: jsonb('message').$type<MailMessage>().notNull(),
    createdAt: createdAt(),
    /** When it reached the local mailbox. */
    deliveredAt: instant('delivered_at'),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    index('mails_newest').on(t.createdAt.desc()),
    index('mails_to').on(t.to, t.createdAt.desc()),
  ],
);
