import type {
  CreateInvitationInput,
  Invitation,
  InvitationRef,
  InvitationView,
  JoinInput,
  Ticket,
} from '@/lib/contracts/people';
import { recordAudit } from '../audit/service';
import { hashPassword, refuseCommonPassword } from '../auth/password';
import { type Pace, takeTry, throttleKey } from '../auth/throttle';
import { hashToken, newToken } from '../auth/token';
import {
  asSystem,
  type OrgContext,
  type RequestInfo,
  requirePermission,
  type SignedIn,
  type TenantContext,
  withTenant,
} from '../context';
import { Conflict, Forbidden, Invalid, LimitExceeded, NotFound } from '../errors';
import { log } from '../log';
import { sendMail } from '../mail/service';
import { admitMember, isMemberByEmail, requireMayGive } from '../organizations/service';
import { insertAccount, makeTicket, requireAskingPace } from '../people/service';
import { invitationMail } from './mails';
import * as queries from './queries';

export const INVITATION_DAYS = 7;
/** Mails that one organization sends to strangers. */
const ORGANIZATION_PACE: Pace = { free: 200, firstPauseSeconds: 60, maxPauseSeconds: 3600, forgetSeconds: 3600 };
/** Those of them to one address. */
const MAIL_PACE: Pace = { free: 5, firstPauseSeconds: 300, maxPauseSeconds: 6 * 3600, forgetSeconds: 24 * 3600 };

/** The organization's id is part of the link, so that it is looked up inside its tenant. */
const TOKEN = /^([0-9a-f]{32})[A-Za-z0-9_-]{32}$/;
const tokenFor = (ctx: OrgContext): string => `${ctx.org.id.replaceAll('-', '')}${newToken()}`;
const toUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export async function listInvitations(ctx: OrgContext): Promise<Invitation[]> {
  requirePermission(ctx, 'members:read');
  return withTenant(ctx, queries.selectInvitations);
}

/**
 * Invites an address; whether it has an account makes no difference. Who is invited already gets a new link.
 * @throws Conflict for a member, LimitExceeded when the address got too many.
 */
export async function createInvitation(ctx: OrgContext, input: CreateInvitationInput): Promise<void> {
  requirePermission(ctx, 'members:write');
  requireMayGive(ctx, input.role);
  const email = input.email.toLowerCase();
  await requireMailPace(ctx, email);
  const token = tokenFor(ctx);
  await withTenant(ctx, async (tx) => {
    if (await isMemberByEmail(tx, email)) throw new Conflict('They are a member already.');
    const values = { email, role: input.role, tokenHash: hashToken(token), invitedBy: ctx.actor.id };
    const id = await queries.putInvitation(tx, values, INVITATION_DAYS);
    await recordAudit(tx, {
      action: 'invitation.create',
      resourceType: 'invitation',
      resourceId: id,
      after: { email, role: input.role },
    });
    await sendMail(tx, invitationMail(ctx, { email, role: input.role, token }));
  });
}

/** Mails a new link, good for the whole time again; the one before opens nothing any more. */
export async function resendInvitation(ctx: OrgContext, { invitationId }: InvitationRef): Promise<void> {
  requirePermission(ctx, 'members:write');
  const { email } = await withTenant(ctx, (tx) => lockForChange(tx, invitationId));
  await requireMailPace(ctx, email);
  const token = tokenFor(ctx);
  await withTenant(ctx, async (tx) => {
    const invitation = await lockForChange(tx, invitationId);
    await queries.renewInvitation(tx, invitationId, hashToken(token), INVITATION_DAYS);
    await recordAudit(tx, { action: 'invitation.resend', resourceType: 'invitation', resourceId: invitationId });
    await sendMail(tx, invitationMail(ctx, { ...invitation, token }));
  });
}

export async function revokeInvitation(ctx: OrgContext, { invitationId }: InvitationRef): Promise<void> {
  requirePermission(ctx, 'members:write');
  await withTenant(ctx, async (tx) => {
    const invitation = await lockForChange(tx, invitationId);
    await queries.deleteInvitation(tx, invitationId);
    await recordAudit(tx, {
      action: 'invitation.revoke',
      resourceType: 'invitation',
      resourceId: invitationId,
      before: { email: invitation.email, role: invitation.role },
    });
  });
}

/** @throws NotFound; Forbidden for an invitation that only an owner may change. */
async function lockForChange(tx: TenantContext, invitationId: string) {
  const invitation = await queries.lockInvitation(tx, invitationId);
  if (!invitation) throw new NotFound('invitation');
  requireMayGive(tx, invitation.role);
  return invitation;
}

/** What a link invites to; for whoever holds it. @throws Invalid for a link that is used, revoked or over. */
export async function viewInvitation(token: string, request: RequestInfo): Promise<InvitationView> {
  const { organization, ...invitation } = await findInvitation(token, request);
  return { ...invitation, organization: organization.name };
}

/**
 * Joins. Only the account of the invited address may: a link that was passed on opens nothing.
 * @throws Forbidden for another account, Invalid for a link that is used, revoked or over.
 */
export async function acceptInvitation(
  { user, sessionId }: SignedIn,
  token: string,
  request: RequestInfo,
): Promise<{ org: string }> {
  const { email, organization } = await findInvitation(token, request);
  if (email !== user.email.toLowerCase()) {
    throw new Forbidden(`This invitation is for ${email}, and you are signed in as ${user.email}.`);
  }
  await enter({ ...user, sessionId }, token, request);
  return { org: organization.slug };
}

/**
 * Joins with a new account: the link came by mail, so it proves the address.
 * @throws Conflict when the address has an account; else as `acceptInvitation`.
 */
export async function joinWithNewAccount(input: JoinInput, request: RequestInfo): Promise<Ticket> {
  await requireAskingPace(request);
  const { email, organization } = await findInvitation(input.token, request);
  refuseCommonPassword(input.password, email);
  const passwordHash = await hashPassword(input.password);
  const name = input.name.trim();
  const id = await asSystem((db) => insertAccount(db, { name, email, passwordHash }, request));
  await enter({ id, name, sessionId: '' }, input.token, request);
  return asSystem((db) => makeTicket(db, id, organization.slug));
}

async function requireMailPace(ctx: OrgContext, email: string): Promise<void> {
  const { id } = ctx.org;
  const wait = await asSystem(
    async (db) =>
      (await takeTry(db, throttleKey('invitation', `${id} ${email}`), MAIL_PACE)) ||
      (await takeTry(db, throttleKey('invitations', id), ORGANIZATION_PACE)),
  );
  if (wait === 0) return;
  throw new LimitExceeded(`Too many invitations went out. Wait ${Math.ceil(wait / 60)} minutes.`, wait);
}

async function findInvitation(token: string, request: RequestInfo) {
  const ctx = byToken(token, request, { type: 'system', id: 'invitation' });
  const found = await withTenant(ctx, (tx) => queries.findByToken(tx, hashToken(token)));
  if (!found) throw deadInvitation();
  return found;
}

async function enter(person: { id: string; name: string; sessionId: string }, token: string, request: RequestInfo) {
  const ctx = byToken(token, request, { type: 'user', ...person });
  await withTenant(ctx, async (tx) => {
    const taken = await queries.takeByToken(tx, hashToken(token));
    if (!taken) throw deadInvitation();
    await admitMember(tx, person.id, taken.role);
    await recordAudit(tx, {
      action: 'invitation.accept',
      resourceType: 'invitation',
      resourceId: taken.id,
      after: { email: taken.email, role: taken.role },
    });
  });
}

/** Inside of the organization that the link names; what may be done there, the link itself decides. */
function byToken(token: string, request: RequestInfo, actor: OrgContext['actor']): OrgContext {
  const hex = TOKEN.exec(token)?.[1];
  if (!hex) throw deadInvitation();
  const id = toUuid(hex);
  const org = { id, slug: '', name: '' };
  return { org, actor, permissions: [], request, log: log.child({ org: id, request: request.id }) };
}

const deadInvitation = (): Invalid =>
  new Invalid('This invitation was used, withdrawn, or its time is over. Ask for a new one.', {
    fields: { token: 'Used, withdrawn, or over.' },
  });
