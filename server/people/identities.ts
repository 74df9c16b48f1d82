import { and, eq, sql } from 'drizzle-orm';
import { identities } from '@/db/schema/accounts';
import { users } from '@/db/schema/users';
import type { IdentityProvider } from '@/lib/contracts/people';
import { type Db, type StoredUser, stored } from './queries';

export async function findIdentity(db: Db, provider: string, subject: string): Promise<StoredUser | undefined> {
  const [row] = await db
    .select(stored)
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(and(eq(identities.provider, provider), eq(identities.subject, subject)));
  return row;
}

export async function insertIdentity(
  db: Db,
  identity: { provider: string; subject: string; userId: string; email: string },
): Promise<void> {
  await db.insert(identities).values(identity).onConflictDoNothing();
}

export const selectIdentities = (db: Db, userId: string) =>
  db
    .select({
      provider: sql<IdentityProvider>`${identities.provider}`,
      email: identities.email,
      createdAt: identities.createdAt,
    })
    .from(identities)
    .where(eq(identities.userId, userId))
    .orderBy(identities.createdAt);

export async function deleteIdentities(db: Db, userId: string, provider: string): Promise<number> {
  const rows = await db
    .delete(identities)
    .where(and(eq(identities.userId, userId), eq(identities.provider, provider)))
    .returning({ subject: identities.subject });
  return rows.length;
}
