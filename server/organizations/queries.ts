import { and, asc, eq, or, sql } from 'drizzle-orm';
import { memberships, organizations, workspaces } from '@/db/schema/organizations';
import { users } from '@/db/schema/users';
import type { Member, Membership, Organization, Workspace } from '@/lib/contracts/people';
import type { Role } from '@/lib/permissions';
import { type TenantContext, withUser } from '../context';
import { NotFound } from '../errors';

const organization = {
  id: organizations.id,
  slug: organizations.slug,
  name: organizations.name,
  createdAt: organizations.createdAt,
};
const role = sql<Role>`${memberships.role}`;

/** The organizations a person is in. */
export const selectMemberships = (userId: string): Promise<Membership[]> =>
  withUser(userId, (db) =>
    db
      .select({ organization, role })
      .from(memberships)
      .innerJoin(organizations, eq(organizations.id, memberships.orgId))
      .where(eq(memberships.userId, userId))
      .orderBy(asc(organizations.name)),
  );

/** One organization of a person, by slug. */
export const findMembership = (userId: string, slug: string): Promise<Membership | undefined> =>
  withUser(userId, async (db) => {
    const [row] = await db
      .select({ organization, role })
      .from(memberships)
      .innerJoin(organizations, eq(organizations.id, memberships.orgId))
      .where(and(eq(memberships.userId, userId), eq(organizations.slug, slug)));
    return row;
  });

/** True when the slug is free for a new organization. */
export const insertOrganization = async (
  ctx: TenantContext,
  values: { id: string; slug: string; name: string },
): Promise<boolean> => {
  const rows = await ctx.db.execute(sql`
    with made as (
      insert into organizations (id, slug, name)
      values (${values.id}, ${values.slug}, ${values.name})
      on conflict (slug) do nothing returning id
    )
    insert into system.organizations (id) select id from made`);
  return rows.count > 0;
};

export async function findOrganization(ctx: TenantContext): Promise<Organization | undefined> {
  const [row] = await ctx.db.select(organization).from(organizations).where(eq(organizations.id, ctx.org.id));
  return row;
}

export async function updateOrganizationName(ctx: TenantContext, name: string): Promise<void> {
  await ctx.db.update(organizations).set({ name }).where(eq(organizations.id, ctx.org.id));
}

const workspace = { id: workspaces.id, slug: workspaces.slug, name: workspaces.name, createdAt: workspaces.createdAt };

export const selectWorkspaces = (ctx: TenantContext): Promise<Workspace[]> =>
  ctx.db
    .select(workspace)
    .from(workspaces)
    .where(eq(workspaces.orgId, ctx.org.id))
    .orderBy(asc(workspaces.id))
    .limit(200);

export async function insertWorkspace(
  ctx: TenantContext,
  values: { slug: string; name: string },
): Promise<Workspace | undefined> {
  const [row] = await ctx.db
    .insert(workspaces)
    .values({ orgId: ctx.org.id, ...values })
    .onConflictDoNothing()
    .returning(workspace);
  return row;
}

export const selectMembers = (ctx: TenantContext): Promise<Member[]> =>
  ctx.db
    .select({ userId: memberships.userId, name: users.name, email: users.email, role, since: memberships.createdAt })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.orgId, ctx.org.id))
    .orderBy(asc(users.name))
    .limit(1000);

/** @throws NotFound for somebody who is no member. */
export async function getMemberRole(ctx: TenantContext, userId: string): Promise<Role> {
  const role = await findMemberRole(ctx, userId);
  if (!role) throw new NotFound('member');
  return role;
}

export async function findMemberRole(ctx: TenantContext, userId: string): Promise<Role | undefined> {
  const [row] = await ctx.db
    .select({ role })
    .from(memberships)
    .where(and(eq(memberships.orgId, ctx.org.id), eq(memberships.userId, userId)));
  return row?.role;
}

/**
 * A member's role, and whether they are the only owner. Their row and those of all owners stay locked until the
 * transaction ends, taken in one order: two owners who leave at once must not leave none, nor wait for each other.
 * @throws NotFound for somebody who is no member.
 */
export async function lockMember(ctx: TenantContext, userId: string): Promise<{ role: Role; isLastOwner: boolean }> {
  const rows = await ctx.db
    .select({ userId: memberships.userId, role })
    .from(memberships)
    .where(
      and(eq(memberships.orgId, ctx.org.id), or(eq(memberships.userId, userId), eq(memberships.role, 'org_owner'))),
    )
    .orderBy(asc(memberships.userId))
    .for('update');
  const member = rows.find((row) => row.userId === userId);
  if (!member) throw new NotFound('member');
  const owners = rows.filter((row) => row.role === 'org_owner');
  return { role: member.role, isLastOwner: member.role === 'org_owner' && owners.length === 1 };
}

/** False when the person is a member already. */
export async function insertMember(ctx: TenantContext, userId: string, role: Role): Promise<boolean> {
  const rows = await ctx.db
    .insert(memberships)
    .values({ orgId: ctx.org.id, userId, role })
    .onConflictDoNothing()
    .returning({ userId: memberships.userId });
  return rows.length > 0;
}

export async function updateMemberRole(ctx: TenantContext, userId: string, role: Role): Promise<void> {
  await ctx.db
    .update(memberships)
    .set({ role })
    .where(and(eq(memberships.orgId, ctx.org.id), eq(memberships.userId, userId)));
}

export async function deleteMember(ctx: TenantContext, userId: string): Promise<void> {
  await ctx.db.delete(memberships).where(and(eq(memberships.orgId, ctx.org.id), eq(memberships.userId, userId)));
}

export async function hasMemberByEmail(ctx: TenantContext, email: string): Promise<boolean> {
  const [row] = await ctx.db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.orgId, ctx.org.id), eq(users.email, email)));
  return row !== undefined;
}
