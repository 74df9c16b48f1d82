import type { ChangePasswordInput, RequestResetInput, ResetPasswordInput, Ticket } from '@/lib/contracts/people';
import { hashPassword, refuseCommonPassword, verifyPassword } from '../auth/password';
import { forgetTries, takeTry } from '../auth/throttle';
import { hashToken, newToken } from '../auth/token';
import { asSystem, type RequestInfo, type SignedIn } from '../context';
import { Invalid, PreconditionFailed, Unauthorized } from '../errors';
import { sendMail } from '../mail/service';
import { withSystem } from '../system';
import { deleteTokens, findToken, insertTokenByEmail, takeToken } from './links';
import { noAccountMail, passwordChangedMail, resetMail } from './mails';
import { ACCOUNT_PACE, accountKey, mayMail, requireAskingPace, tooMany } from './paces';
import { type Db, findUser, revokeSessions, type StoredUser, updateUser } from './queries';
import { insertSecurityEvent, insertSecurityEventByEmail } from './security-log';
import { makeTicket } from './sign-in';
import { deadLink } from './sign-up';

const RESET_SECONDS = 3600;

/** Mails a link to a new password. The same is done and answered where there is no account; the mail says so. */
export async function requestReset({ email }: RequestResetInput, request: RequestInfo): Promise<void> {
  await requireAskingPace(request);
  if (!(await mayMail(email))) return;
  const token = newToken();
  await withSystem(async (tx) => {
    const link = { tokenHash: hashToken(token), purpose: 'reset_password', email } as const;
    const userId = await insertTokenByEmail(tx.db, link, RESET_SECONDS);
    await insertSecurityEventByEmail(tx.db, email, { kind: 'password.reset_requested', request });
    await sendMail(tx, userId ? resetMail(email, token) : noAccountMail(email));
  });
}

/**
 * Sets a new password by a link, signs out everywhere and lets in whoever was locked out.
 * @throws Invalid for a link that is used or over, and for a password that everybody would guess.
 */
export async function resetPassword(input: ResetPasswordInput, request: RequestInfo): Promise<Ticket> {
  await requireAskingPace(request);
  const tokenHash = hashToken(input.token);
  const user = await asSystem(async (db) => {
    const token = await findToken(db, tokenHash, 'reset_password');
    return token && findUser(db, token.userId);
  });
  if (!user || user.disabledAt) throw deadLink();
  refuseCommonPassword(input.password, user.email);
  const passwordHash = await hashPassword(input.password);
  return withSystem(async (tx) => {
    if (!(await takeToken(tx.db, tokenHash, 'reset_password'))) throw deadLink();
    await replacePassword(tx.db, user, passwordHash, null);
    await forgetTries(tx.db, accountKey(user.email));
    await insertSecurityEvent(tx.db, user.id, { kind: 'password.reset', request });
    await sendMail(tx, passwordChangedMail(user.email));
    return makeTicket(tx.db, user.id, null);
  });
}

/** Changes one's own password; other browsers are signed out, and links under way open nothing. @throws as `requireOwnPassword`. */
export async function changePassword(
  session: SignedIn,
  input: ChangePasswordInput,
  request: RequestInfo,
): Promise<void> {
  const user = await requireOwnPassword(session, input.currentPassword);
  refuseCommonPassword(input.password, user.email);
  const passwordHash = await hashPassword(input.password);
  await withSystem(async (tx) => {
    await replacePassword(tx.db, user, passwordHash, session.sessionId);
    await insertSecurityEvent(tx.db, user.id, { kind: 'password.changed', request });
    await sendMail(tx, passwordChangedMail(user.email));
  });
}

/**
 * Makes sure that it is the person who is at a signed-in browser. Counted like a sign-in.
 * @throws Invalid for a wrong password, LimitExceeded after too many, PreconditionFailed for who has none.
 */
export async function requireOwnPassword({ user: { id } }: SignedIn, password: string): Promise<StoredUser> {
  const user = await asSystem((db) => findUser(db, id));
  if (!user) throw new Unauthorized('Sign in first.');
  if (!user.passwordHash) {
    throw new PreconditionFailed(
      'Your account has no password yet. Sign out and choose one by “Forgot your password?”.',
    );
  }
  const wait = await asSystem((db) => takeTry(db, accountKey(user.email), ACCOUNT_PACE));
  if (wait > 0) throw tooMany(wait);
  if (!(await verifyPassword(user.passwordHash, password))) {
    throw new Invalid('This is not your password.', { fields: { currentPassword: 'Not your password.' } });
  }
  await asSystem((db) => forgetTries(db, accountKey(user.email)));
  return user;
}

async function replacePassword(db: Db, user: StoredUser, passwordHash: string, keptSession: string | null) {
  await updateUser(db, user.id, { passwordHash });
  await deleteTokens(db, user.id);
  await revokeSessions(db, user.id, { except: keptSession });
}
