import { and, desc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import { sessions, users } from '@/db/schema/users';
import { asSystem, type RequestInfo } from '../context';

export interface StoredUser {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
}

/** The account of an e-mail address, unless it is disabled. */
export const findUserByEmail = (email: string): Promise<StoredUser | undefined> =>
  asSystem(async (db) => {
    const [row] = await db
      .select({ id: users.id, email: users.email, name: users.name, passwordHash: users.passwordHash })
      .from(users)
      .where(and(eq(users.email, email.toLowerCase()), isNull(users.disabledAt)));
    return row;
  });

/** The new user's id, or undefined when the address has an account already. */
export const insertUser = (user: { name: string; email: string; passwordHash: string }): Promise<string | undefined> =>
  asSystem(async (db) => {
    const [row] = await db
      .insert(users)
      .values({ ...user, email: user.email.toLowerCase() })
      .onConflictDoNothing()
      .returning({ id: users.id });
    return row?.id;
  });

export const insertSession = (userId: string, seconds: number, request: RequestInfo): Promise<string> =>
  asSystem(async (db) => {
    const expiresAt = new Date(Date.now() + seconds * 1000);
    const [row] = await db
      .insert(sessions)
      .values({ userId, expiresAt, ip: request.ip, userAgent: request.userAgent })
      .returning({ id: sessions.id });
    if (!row) throw new Error('insert returned no row');
    return row.id;
  });

const isLive = and(isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`));

/** True while the session is neither revoked nor over and its person not disabled; notes that it was seen. */
export const touchSession = (id: string): Promise<boolean> =>
  asSystem(async (db) => {
    const [row] = await db
      .select({ stale: lt(sessions.lastSeenAt, sql`now() - interval '5 minutes'`).mapWith(Boolean) })
      .from(sessions)
      .innerJoin(users, and(eq(users.id, sessions.userId), isNull(users.disabledAt)))
      .where(and(eq(sessions.id, id), isLive));
    if (row?.stale) await db.update(sessions).set({ lastSeenAt: sql`now()` }).where(eq(sessions.id, id));
    return row !== undefined;
  });

export const selectSessions = (userId: string) =>
  asSystem((db) =>
    db
      .select({
        id: sessions.id,
        ip: sessions.ip,
        userAgent: sessions.userAgent,
        createdAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
        expiresAt: sessions.expiresAt,
      })
      .from(sessions)
      .where(and(eq(sessions.userId, userId), isLive))
      .orderBy(desc(sessions.createdAt))
      .limit(100),
  );

/** Ends one session of a person, or all but one. @returns how many. */
export const revokeSessions = (userId: string, which: { id: string } | { except: string | null }): Promise<number> =>
  asSystem(async (db) => {
    const chosen = 'id' in which ? eq(sessions.id, which.id) : which.except ? ne(sessions.id, which.except) : undefined;
    const rows = await db
      .update(sessions)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), chosen))
      .returning({ id: sessions.id });
    return rows.length;
  });

export const revokeSession = (id: string): Promise<void> =>
  asSystem(async (db) => {
    await db.update(sessions).set({ revokedAt: sql`now()` }).where(eq(sessions.id, id));
  });
