import type { ConfirmSignUpInput, SignUpInput, Ticket } from '@/lib/contracts/people';
import { hashPassword, refuseCommonPassword, verifyPassword } from '../auth/password';
import { hashToken, newToken } from '../auth/token';
import { asSystem, type RequestInfo } from '../context';
import { Conflict, Invalid } from '../errors';
import { sendMail } from '../mail/service';
import { foundOrganization } from '../organizations/service';
import { withSystem } from '../system';
import { findSignUp, insertSignUp, takeSignUp } from './links';
import { accountExistsMail, confirmSignUpMail } from './mails';
import { mayMail, requireAskingPace } from './paces';
import { type Db, findUserByEmail, insertUser } from './queries';
import { insertSecurityEvent } from './security-log';
import { makeTicket } from './sign-in';

const LINK_SECONDS = 24 * 3600;

/**
 * Takes a sign-up and mails a link that makes the account. With an address that has an account exactly the same is done
 * and answered; only the mail is another one.
 * @throws Invalid for a password that everybody would guess.
 */
export async function signUp(input: SignUpInput, request: RequestInfo): Promise<void> {
  refuseCommonPassword(input.password, input.email);
  await requireAskingPace(request);
  const passwordHash = await hashPassword(input.password);
  if (!(await mayMail(input.email))) return;
  const token = newToken();
  const pending = {
    tokenHash: hashToken(token),
    receiptHash: input.receipt ? hashToken(input.receipt) : null,
    email: input.email,
    name: input.name.trim(),
    passwordHash,
    organization: input.organization.trim(),
  };
  await withSystem(async (tx) => {
    // Of an address with an account, nobody gets the link.
    await insertSignUp(tx.db, pending, LINK_SECONDS);
    const isTaken = (await findUserByEmail(tx.db, input.email)) !== undefined;
    await sendMail(tx, isTaken ? accountExistsMail(input.email) : confirmSignUpMail(input.email, pending.name, token));
  });
}

/**
 * Makes the account of a sign-up. The link alone is not enough: whoever gets one for a sign-up of somebody else must not
 * make an account that the other one has the password of.
 * @throws Invalid for a link that is used or over, and for a wrong password; Conflict when the address has an account.
 */
export async function confirmSignUp(input: ConfirmSignUpInput, request: RequestInfo): Promise<Ticket> {
  await requireAskingPace(request);
  const pending = await findSignUp(hashToken(input.token));
  if (!pending) throw deadLink();
  const isTheirs = input.receipt !== undefined && hashToken(input.receipt) === pending.receiptHash;
  if (!isTheirs && !(await verifyPassword(pending.passwordHash, input.password ?? ''))) {
    throw new Invalid('Enter the password you chose when you signed up.', {
      fields: { password: 'Not the password you chose when you signed up.' },
    });
  }
  const userId = await asSystem(async (db) => {
    if (!(await takeSignUp(db, pending))) throw deadLink();
    return insertAccount(db, pending, request);
  });
  const { org } = await foundOrganization({ id: userId, name: pending.name }, { name: pending.organization }, request);
  return asSystem((db) => makeTicket(db, userId, org.slug));
}

/** An account for an address that is proven. @throws Conflict when it has one. */
export async function insertAccount(
  db: Db,
  person: { name: string; email: string; passwordHash: string | null },
  request: RequestInfo,
): Promise<string> {
  const { name, email, passwordHash } = person;
  const userId = await insertUser(db, { name, email, passwordHash });
  if (!userId) throw new Conflict('This address has an account already. Sign in instead.');
  await insertSecurityEvent(db, userId, { kind: 'account.created', request });
  return userId;
}

/** An account with its first organization, for who needs no proof of the address: the first start, and tests. */
export async function createAccount(
  input: Omit<SignUpInput, 'receipt'>,
  request: RequestInfo,
): Promise<{ userId: string; org: string }> {
  refuseCommonPassword(input.password, input.email);
  const passwordHash = await hashPassword(input.password);
  const userId = await asSystem((db) => insertAccount(db, { ...input, passwordHash }, request));
  const { org } = await foundOrganization({ id: userId, name: input.name }, { name: input.organization }, request);
  return { userId, org: org.slug };
}

export const deadLink = (): Invalid =>
  new Invalid('This link was used already, or its time is over. Ask for a new one.', {
    fields: { token: 'Used already, or over.' },
  });
