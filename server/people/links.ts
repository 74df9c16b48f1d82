import { and, eq, gt, sql } from 'drizzle-orm';
import { accountTokens, signUps } from '@/db/schema/accounts';
import { asSystem } from '../context';
import type { Db } from './queries';

const inSeconds = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`;

export interface PendingSignUp {
  tokenHash: string;
  receiptHash: string | null;
  email: string;
  name: string;
  passwordHash: string;
  organization: string;
}

export async function insertSignUp(db: Db, pending: PendingSignUp, seconds: number): Promise<void> {
  await db
    .insert(signUps)
    .values({ ...pending, email: pending.email.toLowerCase(), expiresAt: inSeconds(seconds) as never });
}

const isTimely = gt(signUps.expiresAt, sql`now()`);

export const findSignUp = (tokenHash: string): Promise<PendingSignUp | undefined> =>
  asSystem(async (db) => {
    const [row] = await db
      .select()
      .from(signUps)
      .where(and(eq(signUps.tokenHash, tokenHash), isTimely));
    return row;
  });

/** True for one caller only, however many open the link at once; other sign-ups of the address go with it. */
export async function takeSignUp(db: Db, { tokenHash, email }: PendingSignUp): Promise<boolean> {
  const rows = await db
    .delete(signUps)
    .where(and(eq(signUps.tokenHash, tokenHash), isTimely))
    .returning({ email: signUps.email });
  if (rows.length > 0) await db.delete(signUps).where(eq(signUps.email, email));
  return rows.length > 0;
}

type Purpose = 'reset_password' | 'change_email' | 'sign_in';

export interface StoredToken {
  userId: string;
  email: string | null;
  sessionId: string | null;
}

export async function insertToken(
  db: Db,
  token: { tokenHash: string; purpose: Purpose; userId: string; email?: string; sessionId?: string },
  seconds: number,
): Promise<void> {
  await db.insert(accountTokens).values({ ...token, expiresAt: inSeconds(seconds) as never });
}

/**
 * A link for the account of an address, in one statement whether there is such an account or not.
 * @returns the account's id.
 */
export async function insertTokenByEmail(
  db: Db,
  { tokenHash, purpose, email }: { tokenHash: string; purpose: Purpose; email: string },
  seconds: number,
): Promise<string | undefined> {
  const [row] = await db.execute<{ user_id: string }>(sql`
    insert into system.account_tokens (token_hash, purpose, user_id, expires_at)
    select ${tokenHash}, ${purpose}, id, ${inSeconds(seconds)} from users
    where email = ${email.toLowerCase()} and disabled_at is null
    returning user_id`);
  return row?.user_id;
}

const isOpen = (tokenHash: string, purpose: Purpose) =>
  and(
    eq(accountTokens.tokenHash, tokenHash),
    eq(accountTokens.purpose, purpose),
    gt(accountTokens.expiresAt, sql`now()`),
  );
const token = { userId: accountTokens.userId, email: accountTokens.email, sessionId: accountTokens.sessionId };

export async function findToken(db: Db, tokenHash: string, purpose: Purpose): Promise<StoredToken | undefined> {
  const [row] = await db.select(token).from(accountTokens).where(isOpen(tokenHash, purpose));
  return row;
}

/** Uses a link up: it is there for one caller only, however many open it at once. */
export async function takeToken(db: Db, tokenHash: string, purpose: Purpose): Promise<StoredToken | undefined> {
  const [row] = await db.delete(accountTokens).where(isOpen(tokenHash, purpose)).returning(token);
  return row;
}

/** Every link of an account, or those of one purpose, open nothing any more. */
export async function deleteTokens(db: Db, userId: string, purpose?: Purpose): Promise<void> {
  await db
    .delete(accountTokens)
    .where(and(eq(accountTokens.userId, userId), purpose && eq(accountTokens.purpose, purpose)));
}
