import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { invitations, organizations } from '@/db/schema/organizations';
import { users } from '@/db/schema/users';
import type { Invitation } from '@/lib/contracts/people';
import type { Role } from '@/lib/permissions';
import type { TenantContext } from '../context';

const role = sql<Role>`${invitations.role}`;

export const selectInvitations = (ctx: TenantContext): Promise<Invitation[]> =>
  ctx.db
    .select({
      id: invitations.id,
      email: invitations.email,
      role,
      invitedByName: users.name,
      createdAt: invitations.createdAt,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .leftJoin(users, eq(users.id, invitations.invitedBy))
    .where(eq(invitations.orgId, ctx.org.id))
    .orderBy(desc(invitations.createdAt))
    .limit(1000);

const soon = (days: number) => sql`now() + make_interval(days => ${days})`;

/** One invitation an address: a second one takes the place of the first. @returns its id. */
export async function putInvitation(
  ctx: TenantContext,
  values: { email: string; role: Role; tokenHash: string; invitedBy: string },
  days: number,
): Promise<string> {
  const [row] = await ctx.db
    .insert(invitations)
    .values({ orgId: ctx.org.id, ...values, expiresAt: soon(days) as never })
    .onConflictDoUpdate({
      target: [invitations.orgId, invitations.email],
      set: { ...values, createdAt: sql`now()`, expiresAt: soon(days) },
    })
    .returning({ id: invitations.id });
  if (!row) throw new Error('insert returned no row');
  return row.id;
}

/** Gives an invitation another link and more time. */
export async function renewInvitation(ctx: TenantContext, id: string, tokenHash: string, days: number): Promise<void> {
  await ctx.db
    .update(invitations)
    .set({ tokenHash, expiresAt: soon(days) })
    .where(and(eq(invitations.orgId, ctx.org.id), eq(invitations.id, id)));
}

/** An invitation, locked until the transaction ends. */
export async function lockInvitation(ctx: TenantContext, id: string) {
  const [row] = await ctx.db
    .select({ id: invitations.id, email: invitations.email, role })
    .from(invitations)
    .where(and(eq(invitations.orgId, ctx.org.id), eq(invitations.id, id)))
    .for('update');
  return row;
}

export async function deleteInvitation(ctx: TenantContext, id: string): Promise<void> {
  await ctx.db.delete(invitations).where(and(eq(invitations.orgId, ctx.org.id), eq(invitations.id, id)));
}

const open = (ctx: TenantContext, tokenHash: string) =>
  and(eq(invitations.orgId, ctx.org.id), eq(invitations.tokenHash, tokenHash), gt(invitations.expiresAt, sql`now()`));

export async function findByToken(ctx: TenantContext, tokenHash: string) {
  const [row] = await ctx.db
    .select({
      email: invitations.email,
      role,
      invitedByName: users.name,
      organization: { slug: organizations.slug, name: organizations.name },
    })
    .from(invitations)
    .innerJoin(organizations, eq(organizations.id, invitations.orgId))
    .leftJoin(users, eq(users.id, invitations.invitedBy))
    .where(open(ctx, tokenHash));
  return row;
}

/** Uses an invitation up: it is there for one caller only. */
export async function takeByToken(ctx: TenantContext, tokenHash: string) {
  const [row] = await ctx.db
    .delete(invitations)
    .where(open(ctx, tokenHash))
    .returning({ id: invitations.id, email: invitations.email, role });
  return row;
}
