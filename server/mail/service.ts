import type { ListMailInput, Mail, MailMessage } from '@/lib/contracts/mail';
import type { PageOf } from '@/lib/contracts/paging';
import { env, publicUrl } from '@/lib/env';
import { currentConnection, isLocalAddress } from '../connection';
import type { SignedIn } from '../context';
import { NotFound } from '../errors';
import { isOperator } from '../operator/service';
import { enqueueEvent } from '../outbox';
import type { SendingContext } from '../system';
import * as queries from './queries';
import { sendBySmtp } from './smtp';

/** How long mail stays in the local mailbox, and mail that cannot be sent in the database. */
const KEPT_DAYS = 7;

/**
 * Writes a mail in the transaction that causes it; it leaves when that is committed, again and again until the mail
 * server took it. Call it last: `withTenant` and `withSystem` both give a `tx`.
 */
export async function sendMail(tx: SendingContext, message: MailMessage): Promise<void> {
  const mailId = await queries.insertMail(tx, message);
  await enqueueEvent(tx, { name: 'mail/queued', data: { mailId } });
}

/** Delivers a mail: over SMTP, or to the local mailbox. @throws Upstream */
export async function deliverMail(id: string): Promise<void> {
  const message = await queries.findMail(id);
  if (!message) return;
  if (!env.MUSTER_SMTP_URL) return queries.markDelivered(id);
  await sendBySmtp(env.MUSTER_SMTP_URL, id, message);
  // What it said opens accounts: it stays nowhere.
  await queries.deleteMail(id);
}

export const pruneMail = (): Promise<number> => queries.deleteOldMail(KEPT_DAYS);

/** What the local mailbox is to whoever asks: `off` with a mail server, `closed` to strangers. */
export type MailboxState = 'off' | 'closed' | 'open';

/**
 * The local mailbox holds links that open accounts. It is for the operator and, as long as nobody gave the server a public
 * address, for browsers on its own machine: whoever sits there may read the files of the database too.
 */
export async function mailboxState(session: SignedIn | null): Promise<MailboxState> {
  if (env.MUSTER_SMTP_URL) return 'off';
  if (currentConnection()?.isLocal && isLocalAddress(publicUrl())) return 'open';
  return session && (await isOperator(session)) ? 'open' : 'closed';
}

/** @throws NotFound for whoever may not read it, as if there were none. */
export async function listMailbox(session: SignedIn | null, input: ListMailInput): Promise<PageOf<Mail>> {
  if ((await mailboxState(session)) !== 'open') throw new NotFound('mailbox');
  return queries.selectMailbox(input);
}
