import { randomBytes } from 'node:crypto';
import { newId } from '@/db/columns';
import type {
  ChangeRoleInput,
  CreateOrganizationInput,
  CreateWorkspaceInput,
  Member,
  Membership,
  Organization,
  OrgView,
  RenameOrganizationInput,
  TransferOwnershipInput,
  Workspace,
} from '@/lib/contracts/people';
import { PERMISSIONS, ROLE_PERMISSIONS, type Role } from '@/lib/permissions';
import { recordAudit } from '../audit/service';
import {
  type OrgContext,
  type RequestInfo,
  requirePermission,
  type SignedIn,
  type TenantContext,
  withTenant,
} from '../context';
import { Conflict, Forbidden, NotFound, PreconditionFailed } from '../errors';
import { type Logger, log } from '../log';
import { createDataKey } from '../secrets/encryption';
import * as queries from './queries';

/** Addresses of the product itself, which no organization may take. */
const RESERVED = new Set([
  'api',
  'sign-in',
  'sign-up',
  'sign-out',
  'confirm',
  'confirm-email',
  'forgot-password',
  'reset-password',
  'invitation',
  'mailbox',
  'operator',
  'new',
  'account',
  'docs',
  'admin',
  'welcome',
  '_next',
]);

const toSlug = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');

/**
 * The context of a member, from the slug in the address.
 * @throws NotFound when there is no such organization or the person is not in it: the two look alike.
 */
export async function openOrganization(
  caller: { session: SignedIn; request: RequestInfo; log: Logger },
  slug: string,
): Promise<OrgContext> {
  const { user, sessionId } = caller.session;
  const membership = await queries.findMembership(user.id, slug);
  if (!membership) throw new NotFound('organization');
  const { organization, role } = membership;
  return {
    org: { id: organization.id, slug: organization.slug, name: organization.name },
    actor: { type: 'user', id: user.id, name: user.name, sessionId },
    permissions: ROLE_PERMISSIONS[role],
    request: caller.request,
    log: caller.log.child({ org: organization.id, actor: user.id }),
  };
}

/** Makes an organization with its data key, an owner and a first workspace. Its id is known before the row is. */
export async function foundOrganization(
  owner: { id: string; name: string },
  input: CreateOrganizationInput,
  request: RequestInfo | null,
): Promise<OrgContext> {
  const base = toSlug(input.name) || 'team';
  const id = newId();
  const tenant = (slug: string): OrgContext => ({
    org: { id, slug, name: input.name.trim() },
    actor: { type: 'user', id: owner.id, name: owner.name, sessionId: '' },
    permissions: ROLE_PERMISSIONS.org_owner,
    request,
    log: log.child({ org: id, actor: owner.id }),
  });
  for (const slug of [base, ...Array.from({ length: 5 }, () => `${base}-${randomBytes(3).toString('hex')}`)]) {
    if (RESERVED.has(slug)) continue;
    const ctx = tenant(slug);
    const founded = await withTenant(ctx, async (tx) => {
      if (!(await queries.insertOrganization(tx, { id, slug, name: ctx.org.name }))) return false;
      await createDataKey(tx);
      await queries.insertMember(tx, owner.id, 'org_owner');
      await queries.insertWorkspace(tx, { slug: 'main', name: 'Main' });
      await recordAudit(tx, { action: 'organization.create', resourceType: 'organization', resourceId: id });
      return true;
    });
    if (founded) return ctx;
  }
  throw new Conflict('No free address could be made from this name. Choose another name.');
}

export const listMyOrganizations = (session: SignedIn): Promise<Membership[]> =>
  queries.selectMemberships(session.user.id);

export async function createOrganization(
  session: SignedIn,
  input: CreateOrganizationInput,
  request: RequestInfo,
): Promise<{ slug: string }> {
  const { org } = await foundOrganization(session.user, input, request);
  return { slug: org.slug };
}

/** What the frame of every page shows. */
export async function viewOrganization(ctx: OrgContext, { user }: SignedIn): Promise<OrgView> {
  requirePermission(ctx, 'organization:read');
  return withTenant(ctx, async (tx) => {
    const organization = await getOrganization(tx);
    const role = await queries.getMemberRole(tx, user.id);
    const workspaces = await queries.selectWorkspaces(tx);
    const permissions = PERMISSIONS.filter((permission) => ROLE_PERMISSIONS[role].includes(permission));
    return { organization, role, permissions, workspaces, user };
  });
}

async function getOrganization(ctx: TenantContext): Promise<Organization> {
  const organization = await queries.findOrganization(ctx);
  if (!organization) throw new NotFound('organization');
  return organization;
}

export async function renameOrganization(ctx: OrgContext, input: RenameOrganizationInput): Promise<void> {
  requirePermission(ctx, 'organization:write');
  await withTenant(ctx, async (tx) => {
    const before = await getOrganization(tx);
    await queries.updateOrganizationName(tx, input.name.trim());
    await recordAudit(tx, {
      action: 'organization.rename',
      resourceType: 'organization',
      resourceId: ctx.org.id,
      before: { name: before.name },
      after: { name: input.name.trim() },
    });
  });
}

export async function listWorkspaces(ctx: OrgContext): Promise<Workspace[]> {
  requirePermission(ctx, 'workspaces:read');
  return withTenant(ctx, queries.selectWorkspaces);
}

export async function createWorkspace(ctx: OrgContext, input: CreateWorkspaceInput): Promise<Workspace> {
  requirePermission(ctx, 'workspaces:write');
  return withTenant(ctx, async (tx) => {
    const workspace = await queries.insertWorkspace(tx, {
      slug: toSlug(input.name) || 'workspace',
      name: input.name.trim(),
    });
    if (!workspace) throw new Conflict('A workspace of this name is there already. Choose another name.');
    await recordAudit(tx, {
      action: 'workspace.create',
      resourceType: 'workspace',
      resourceId: workspace.id,
      after: { name: workspace.name },
    });
    return workspace;
  });
}

export async function listMembers(ctx: OrgContext): Promise<Member[]> {
  requirePermission(ctx, 'members:read');
  return withTenant(ctx, queries.selectMembers);
}

/** Makes somebody a member, as whoever invited them allowed; no change for who is one already. */
export async function admitMember(tx: TenantContext, userId: string, role: Role): Promise<void> {
  if (!(await queries.insertMember(tx, userId, role))) return;
  await recordAudit(tx, { action: 'member.add', resourceType: 'member', resourceId: userId, after: { role } });
}

export const isMemberByEmail = (tx: TenantContext, email: string): Promise<boolean> =>
  queries.hasMemberByEmail(tx, email);

export async function changeRole(ctx: OrgContext, input: ChangeRoleInput): Promise<void> {
  requirePermission(ctx, 'members:write');
  await withTenant(ctx, async (tx) => {
    const { role: before, isLastOwner } = await queries.lockMember(tx, input.userId);
    requireMayGive(ctx, before);
    requireMayGive(ctx, input.role);
    if (isLastOwner && input.role !== 'org_owner') throw ownerless();
    await queries.updateMemberRole(tx, input.userId, input.role);
    await recordAudit(tx, {
      action: 'member.change_role',
      resourceType: 'member',
      resourceId: input.userId,
      before: { role: before },
      after: { role: input.role },
    });
  });
}

/** Removes a member; anybody may remove themselves. */
export async function removeMember(ctx: OrgContext, { userId }: { userId: string }): Promise<void> {
  if (ctx.actor.id !== userId) requirePermission(ctx, 'members:write');
  await withTenant(ctx, async (tx) => {
    const { role: before, isLastOwner } = await queries.lockMember(tx, userId);
    if (ctx.actor.id !== userId) requireMayGive(ctx, before);
    if (isLastOwner) throw ownerless();
    await queries.deleteMember(tx, userId);
    await recordAudit(tx, {
      action: 'member.remove',
      resourceType: 'member',
      resourceId: userId,
      before: { role: before },
    });
  });
}

/** Makes another member an owner and the one who gives it up an admin. */
export async function transferOwnership(ctx: OrgContext, { userId }: TransferOwnershipInput): Promise<void> {
  requirePermission(ctx, 'organization:delete');
  if (ctx.actor.id === userId) throw new PreconditionFailed('You are an owner already. Choose somebody else.');
  await withTenant(ctx, async (tx) => {
    const { role: before } = await queries.lockMember(tx, userId);
    await queries.updateMemberRole(tx, userId, 'org_owner');
    await queries.updateMemberRole(tx, ctx.actor.id, 'org_admin');
    await recordAudit(tx, {
      action: 'organization.transfer',
      resourceType: 'member',
      resourceId: userId,
      before: { role: before },
      after: { role: 'org_owner', formerOwner: ctx.actor.id },
    });
  });
}

/** Only who could delete the organization makes or unmakes owners. */
export function requireMayGive(ctx: OrgContext, role: Role): void {
  if (role !== 'org_owner' || ctx.permissions.includes('organization:delete')) return;
  throw new Forbidden('Only an owner makes, changes or removes owners. Ask an owner.');
}

const ownerless = () => new PreconditionFailed('An organization needs an owner. Make somebody else an owner first.');
