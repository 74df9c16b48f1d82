import type { Session, SignInInput, SignUpInput } from '@/lib/contracts/people';
import { hashPassword, refuseCommonPassword, verifyPassword } from '../auth/password';
import type { RequestInfo, SignedIn } from '../context';
import { Conflict, NotFound } from '../errors';
import { foundOrganization } from '../organizations/service';
import {
  findUserByEmail,
  insertSession,
  insertUser,
  revokeSession,
  revokeSessions,
  selectSessions,
  touchSession,
} from './queries';

/** How long a sign-in lasts. */
export const SESSION_SECONDS = 30 * 24 * 3600;

/**
 * Makes an account and its first organization, with a workspace in it.
 * @throws Conflict when the address has an account. Invalid for a password that everybody would guess.
 */
export async function signUp(input: SignUpInput, request: RequestInfo): Promise<{ userId: string; org: string }> {
  refuseCommonPassword(input.password, input.email);
  const passwordHash = await hashPassword(input.password);
  const userId = await insertUser({ name: input.name.trim(), email: input.email, passwordHash });
  if (!userId) throw new Conflict('This e-mail address has an account already. Sign in instead.');
  const { org } = await foundOrganization({ id: userId, name: input.name }, { name: input.organization }, request);
  return { userId, org: org.slug };
}

/** The person with a new session; null for a wrong password and for no account alike. */
export async function signIn(input: SignInInput, request: RequestInfo) {
  const user = await findUserByEmail(input.email);
  if (!(await verifyPassword(user?.passwordHash, input.password)) || !user) return null;
  const sessionId = await insertSession(user.id, SESSION_SECONDS, request);
  return { id: user.id, name: user.name, email: user.email, sessionId };
}

export const checkSession = (sessionId: string): Promise<boolean> => touchSession(sessionId);

export const endSession = (sessionId: string): Promise<void> => revokeSession(sessionId);

export async function listSessions({ user, sessionId }: SignedIn): Promise<Session[]> {
  const rows = await selectSessions(user.id);
  return rows.map((row) => ({ ...row, current: row.id === sessionId }));
}

/** @throws NotFound for a session that is not one's own, or over. */
export async function revokeOwnSession({ user }: SignedIn, id: string): Promise<void> {
  if ((await revokeSessions(user.id, { id })) === 0) throw new NotFound('session');
}

/** Signs out everywhere; `keepCurrent` leaves the browser that asked. */
export const signOutEverywhere = ({ user, sessionId }: SignedIn, keepCurrent: boolean): Promise<number> =>
  revokeSessions(user.id, { except: keepCurrent ? sessionId : null });
