import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { invitations } from '@/db/schema/organizations';
import { asSystem, type OrgContext, type SignedIn, withTenant } from '../context';
import { listMembers } from '../organizations/service';
import { signInWithTicket } from '../people/sign-in';
import { mailsTo, newestToken } from '../people/testing/mailbox';
import { addMember, makeMember, makeOrganization, makeUser } from '../testing/factories';
import { REQUEST, signInAs } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import * as service from './service';

beforeAll(setSilentRunner);

const freshEmail = () => `${randomBytes(6).toString('hex')}@example.test`;
const rolesIn = async (ctx: OrgContext) =>
  Object.fromEntries((await listMembers(ctx)).map(({ email, role }) => [email, role]));
async function invited(ctx: OrgContext, email: string) {
  await service.createInvitation(ctx, { email, role: 'developer' });
  return newestToken(email);
}
async function signedInUser(): Promise<SignedIn> {
  return signInAs(await makeUser('Grace'));
}

test('the invited account joins with its role, once', async () => {
  const owner = await makeOrganization();
  const guest = await signedInUser();
  const token = await invited(owner, guest.user.email.toUpperCase());
  expect(await service.viewInvitation(token, REQUEST)).toEqual({
    organization: owner.org.name,
    role: 'developer',
    invitedByName: 'Owner',
    email: guest.user.email,
  });
  expect(await service.acceptInvitation(guest, token, REQUEST)).toEqual({ org: owner.org.slug });
  expect((await rolesIn(owner))[guest.user.email]).toBe('developer');
  await expect(service.acceptInvitation(guest, token, REQUEST)).rejects.toMatchObject({ code: 'INVALID' });
  expect(await service.listInvitations(owner)).toEqual([]);
});

test('a link that was passed on opens nothing for another account, and stays good', async () => {
  const owner = await makeOrganization();
  const [guest, thief] = [await signedInUser(), await signedInUser()];
  const token = await invited(owner, guest.user.email);
  await expect(service.acceptInvitation(thief, token, REQUEST)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await service.acceptInvitation(guest, token, REQUEST);
  expect(Object.keys(await rolesIn(owner))).not.toContain(thief.user.email);
});

test('the link proves the address of a new account', async () => {
  const owner = await makeOrganization();
  const email = freshEmail();
  const token = await invited(owner, email);
  const input = { token, name: 'Hedy', password: 'frequency hopping' };
  const attempts = await Promise.allSettled([1, 2, 3].map(() => service.joinWithNewAccount(input, REQUEST)));
  const joined = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  expect(joined).toHaveLength(1);
  expect(joined[0]?.org).toBe(owner.org.slug);
  expect(await signInWithTicket(joined[0]?.ticket ?? '', REQUEST)).toMatchObject({ email });
  expect((await rolesIn(owner))[email]).toBe('developer');
});

test('with an address that has an account nobody makes a second one', async () => {
  const owner = await makeOrganization();
  const guest = await signedInUser();
  const token = await invited(owner, guest.user.email);
  const input = { token, name: 'Hedy', password: 'frequency hopping' };
  await expect(service.joinWithNewAccount(input, REQUEST)).rejects.toMatchObject({ code: 'CONFLICT' });
  await service.acceptInvitation(guest, token, REQUEST);
});

test('whether an address has an account makes no difference to who invites it', async () => {
  const owner = await makeOrganization();
  const [known, unknown] = [(await makeUser()).email, freshEmail()];
  const answers = [];
  for (const email of [known, unknown]) {
    answers.push([
      await service.createInvitation(owner, { email, role: 'viewer' }),
      (await mailsTo(email)).map(({ subject, paragraphs }) => ({ subject, paragraphs })),
    ]);
  }
  expect(answers[0]).toEqual(answers[1]);
});

test('inviting again or sending again makes the link before worthless; withdrawing both', async () => {
  const owner = await makeOrganization();
  const email = freshEmail();
  const first = await invited(owner, email);
  await service.createInvitation(owner, { email, role: 'viewer' });
  const [pending, ...others] = await service.listInvitations(owner);
  expect(others).toEqual([]);
  const second = await newestToken(email);
  await service.resendInvitation(owner, { invitationId: pending?.id ?? '' });
  const third = await newestToken(email);
  for (const dead of [first, second]) {
    await expect(service.viewInvitation(dead, REQUEST)).rejects.toMatchObject({ code: 'INVALID' });
  }
  expect(await service.viewInvitation(third, REQUEST)).toMatchObject({ role: 'viewer' });
  await service.revokeInvitation(owner, { invitationId: pending?.id ?? '' });
  await expect(service.viewInvitation(third, REQUEST)).rejects.toMatchObject({ code: 'INVALID' });
});

test('after seven days a link opens nothing, and a new one may be sent', async () => {
  const owner = await makeOrganization();
  const email = freshEmail();
  const token = await invited(owner, email);
  await withTenant(owner, (tx) =>
    tx.db
      .update(invitations)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(invitations.orgId, owner.org.id)),
  );
  await expect(service.viewInvitation(token, REQUEST)).rejects.toMatchObject({ code: 'INVALID' });
  const [pending] = await service.listInvitations(owner);
  await service.resendInvitation(owner, { invitationId: pending?.id ?? '' });
  expect(await service.viewInvitation(await newestToken(email), REQUEST)).toMatchObject({ email });
});

test('only an owner invites, renews or withdraws an owner; a member is not invited', async () => {
  const owner = await makeOrganization();
  const admin = await makeMember(owner, 'org_admin');
  const email = freshEmail();
  await expect(service.createInvitation(admin, { email, role: 'org_owner' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await service.createInvitation(owner, { email, role: 'org_owner' });
  const [pending] = await service.listInvitations(owner);
  const ref = { invitationId: pending?.id ?? '' };
  for (const change of [service.resendInvitation, service.revokeInvitation]) {
    await expect(change(admin, ref)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  const member = await makeUser();
  await addMember(owner, member.id, 'viewer');
  await expect(service.createInvitation(owner, { email: member.email, role: 'viewer' })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('one address is not flooded', async () => {
  const owner = await makeOrganization();
  const email = freshEmail();
  for (let count = 0; count < 5; count += 1) await service.createInvitation(owner, { email, role: 'viewer' });
  await expect(service.createInvitation(owner, { email, role: 'viewer' })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    retryAfterSeconds: expect.any(Number),
  });
  expect(await mailsTo(email)).toHaveLength(5);
});

test.each(['nonsense', '0'.repeat(64), `${'f'.repeat(32)}${'A'.repeat(32)}`])('%s is no invitation', async (token) => {
  await expect(service.viewInvitation(token, REQUEST)).rejects.toMatchObject({ code: 'INVALID' });
  await expect(service.acceptInvitation(await signedInUser(), token, REQUEST)).rejects.toMatchObject({
    code: 'INVALID',
  });
});

test('what is in a link is stored nowhere but in the mail', async () => {
  const owner = await makeOrganization();
  const token = await invited(owner, freshEmail());
  const rows = await asSystem((db) => db.select().from(invitations).where(eq(invitations.orgId, owner.org.id)));
  const seen = await withTenant(owner, (tx) => tx.db.select().from(invitations));
  expect(JSON.stringify([rows, seen])).not.toContain(token.slice(32));
  expect(seen).toHaveLength(1);
});
