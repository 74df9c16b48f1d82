import type { SignInInput, Ticket } from '@/lib/contracts/people';
import { verifyPassword } from '../auth/password';
import { forgetTries, giveBackTry, takeTry } from '../auth/throttle';
import { hashToken, newToken } from '../auth/token';
import { asSystem, type RequestInfo } from '../context';
import { insertToken, takeToken } from './links';
import { ACCOUNT_PACE, accountKey, NETWORK_PACE, networkKey, tooMany } from './paces';
import { type Db, findUser, findUserByEmail } from './queries';
import { insertSecurityEvent, insertSecurityEventByEmail, updateSecurityEvent } from './security-log';
import { startSession } from './sessions';

const TICKET_SECONDS = 120;

/**
 * The person with a new session; null for a wrong password, for no account and for a disabled one, after the same
 * statements and the same hash. Each try is counted and noted as failed before it is known how it ends: neither many at
 * once nor a killed process gets more of them.
 * @throws LimitExceeded after too many failures, for addresses with and without an account alike.
 */
export async function signIn({ email, password }: SignInInput, request: RequestInfo) {
  const tried = await asSystem(async (db) => {
    const wait =
      (await takeTry(db, networkKey(request), NETWORK_PACE)) || (await takeTry(db, accountKey(email), ACCOUNT_PACE));
    if (wait > 0) return { wait };
    const user = await findUserByEmail(db, email);
    const eventId = await insertSecurityEventByEmail(db, email, { kind: 'sign_in.failed', request });
    return { wait, user, eventId };
  });
  if (tried.wait > 0) throw tooMany(tried.wait);
  const { user, eventId } = tried;
  const isRight = await verifyPassword(user?.passwordHash, password);
  if (!isRight || !user || user.disabledAt || !eventId) return null;
  return asSystem(async (db) => {
    await forgetTries(db, accountKey(email));
    await giveBackTry(db, networkKey(request));
    await updateSecurityEvent(db, eventId, 'sign_in');
    return startSession(db, user, request);
  });
}

/** For who proved by a link that an account is theirs: one sign-in, soon. */
export async function makeTicket(db: Db, userId: string, org: string | null): Promise<Ticket> {
  const ticket = newToken();
  await insertToken(db, { tokenHash: hashToken(ticket), purpose: 'sign_in', userId }, TICKET_SECONDS);
  return { ticket, org };
}

/** The person with a new session; null for a ticket that is used, over or made up. */
export const signInWithTicket = (ticket: string, request: RequestInfo) =>
  asSystem(async (db) => {
    const token = await takeToken(db, hashToken(ticket), 'sign_in');
    const user = token && (await findUser(db, token.userId));
    if (!user || user.disabledAt) return null;
    await insertSecurityEvent(db, user.id, { kind: 'sign_in', detail: 'link', request });
    return startSession(db, user, request);
  });
