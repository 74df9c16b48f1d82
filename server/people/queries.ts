import { and, desc, eq, gt, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { newId } from '@/db/columns';
import { accountTokens, securityEvents, signUps } from '@/db/schema/accounts';
import { sessions, users } from '@/db/schema/users';
import { asSystem, type RequestInfo, type TenantContext } from '../context';

/** Inside of a transaction: these tables belong to no tenant. */
export type Db = TenantContext['db'];

export interface StoredUser {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  disabledAt: Date | null;
}

/** Columns of a `StoredUser`. */
export const stored = {
  id: users.id,
  email: users.email,
  name: users.name,
  passwordHash: users.passwordHash,
  disabledAt: users.disabledAt,
};

/** The account of an address, disabled or not. */
export async function findUserByEmail(db: Db, email: string): Promise<StoredUser | undefined> {
  const [row] = await db.select(stored).from(users).where(eq(users.email, email.toLowerCase()));
  return row;
}

export async function findUser(db: Db, id: string): Promise<StoredUser | undefined> {
  const [row] = await db.select(stored).from(users).where(eq(users.id, id));
  return row;
}

/** The new user's id, or undefined when the address has an account already. */
export async function insertUser(
  db: Db,
  user: { name: string; email: string; passwordHash: string | null },
): Promise<string | undefined> {
  const [row] = await db
    .insert(users)
    .values({ ...user, email: user.email.toLowerCase() })
    .onConflictDoNothing()
    .returning({ id: users.id });
  return row?.id;
}

export async function updateUser(db: Db, id: string, change: { name?: string; passwordHash?: string }): Promise<void> {
  await db.update(users).set(change).where(eq(users.id, id));
}

/** False when somebody has the address by now. */
export async function updateEmail(db: Db, id: string, email: string): Promise<boolean> {
  const rows = await db.execute(sql`
    update users set email = ${email} where id = ${id} and not exists (select from users where email = ${email})
    returning id`);
  return rows.length > 0;
}

export async function insertSession(db: Db, userId: string, seconds: number, request: RequestInfo): Promise<string> {
  const expiresAt = new Date(Date.now() + seconds * 1000);
  const id = newId();
  await db.insert(sessions).values({ id, userId, expiresAt, ip: request.ip, userAgent: request.userAgent });
  return id;
}

const isLive = and(isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`));

/** Whose session this is; undefined when it is revoked or over, or its person disabled. Notes that it was seen. */
export const touchSession = (id: string): Promise<{ id: string; name: string; email: string } | undefined> =>
  asSystem(async (db) => {
    const [row] = await db
      .select({
        user: { id: users.id, name: users.name, email: users.email },
        stale: lt(sessions.lastSeenAt, sql`now() - interval '5 minutes'`).mapWith(Boolean),
      })
      .from(sessions)
      .innerJoin(users, and(eq(users.id, sessions.userId), isNull(users.disabledAt)))
      .where(and(eq(sessions.id, id), isLive));
    if (row?.stale) await db.update(sessions).set({ lastSeenAt: sql`now()` }).where(eq(sessions.id, id));
    return row?.user;
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
export async function revokeSessions(
  db: Db,
  userId: string,
  which: { id: string } | { except: string | null },
): Promise<number> {
  const chosen = 'id' in which ? eq(sessions.id, which.id) : which.except ? ne(sessions.id, which.except) : undefined;
  const rows = await db
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), chosen))
    .returning({ id: sessions.id });
  return rows.length;
}

export const revokeSession = (id: string): Promise<void> =>
  asSystem(async (db) => {
    await db.update(sessions).set({ revokedAt: sql`now()` }).where(eq(sessions.id, id));
  });

/** Removes links that are over, sessions that ended a month ago and what happened half a year ago. */
export const pruneAccounts = (): Promise<void> =>
  asSystem(async (db) => {
    await db.delete(signUps).where(lt(signUps.expiresAt, sql`now()`));
    await db.delete(accountTokens).where(lt(accountTokens.expiresAt, sql`now()`));
    await db.delete(securityEvents).where(lt(securityEvents.createdAt, sql`now() - interval '180 days'`));
    const monthAgo = sql`now() - interval '30 days'`;
    await db.delete(sessions).where(or(lt(sessions.expiresAt, monthAgo), lt(sessions.revokedAt, monthAgo)));
  });
