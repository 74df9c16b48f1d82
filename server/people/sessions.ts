import type { Page, PageOf } from '@/lib/contracts/paging';
import type { SecurityEvent, Session } from '@/lib/contracts/people';
import { asSystem, type RequestInfo, type SignedIn } from '../context';
import { NotFound } from '../errors';
import { type Db, insertSession, revokeSession, revokeSessions, selectSessions, touchSession } from './queries';
import { insertSecurityEvent, selectSecurityEvents } from './security-log';

/** How long a sign-in lasts. */
export const SESSION_SECONDS = 30 * 24 * 3600;

/** A person as next-auth takes them, with a new session. */
export async function startSession(
  db: Db,
  { id, name, email }: { id: string; name: string; email: string },
  request: RequestInfo,
) {
  return { id, name, email, sessionId: await insertSession(db, id, SESSION_SECONDS, request) };
}

/** Whose session this is, as they are called now; undefined at once after it was revoked. */
export const checkSession = (sessionId: string) => touchSession(sessionId);

export const endSession = (sessionId: string): Promise<void> => revokeSession(sessionId);

export async function listSessions({ user, sessionId }: SignedIn): Promise<Session[]> {
  const rows = await selectSessions(user.id);
  return rows.map((row) => ({ ...row, current: row.id === sessionId }));
}

/** @throws NotFound for a session that is not one's own, or over. */
export const revokeOwnSession = ({ user }: SignedIn, id: string, request: RequestInfo): Promise<void> =>
  asSystem(async (db) => {
    if ((await revokeSessions(db, user.id, { id })) === 0) throw new NotFound('session');
    await insertSecurityEvent(db, user.id, { kind: 'session.revoked', request });
  });

/** Signs out everywhere; `keepCurrent` leaves the browser that asked. @returns how many sessions ended. */
export const signOutEverywhere = (
  { user, sessionId }: SignedIn,
  keepCurrent: boolean,
  request: RequestInfo,
): Promise<number> =>
  asSystem(async (db) => {
    const ended = await revokeSessions(db, user.id, { except: keepCurrent ? sessionId : null });
    await insertSecurityEvent(db, user.id, { kind: 'sessions.revoked', request });
    return ended;
  });

/** What happened to one's own account, newest first. */
export const listSecurityEvents = ({ user }: SignedIn, page: Page): Promise<PageOf<SecurityEvent>> =>
  selectSecurityEvents(user.id, page);
