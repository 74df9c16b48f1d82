import { expect, test } from 'vitest';
import type { OrgContext } from '../context';
import { createInvitation } from '../invitations/service';
import { makeMember, makeOrganization, makeUser } from '../testing/factories';
import * as organizations from './service';

const idOf = (ctx: OrgContext): string => ctx.actor.id;
const rolesOf = async (ctx: OrgContext) =>
  Object.fromEntries((await organizations.listMembers(ctx)).map(({ userId, role }) => [userId, role]));

test('only an owner makes, changes or removes owners', async () => {
  const owner = await makeOrganization();
  const admin = await makeMember(owner, 'org_admin');
  const viewer = await makeMember(owner, 'viewer');
  const refused = await Promise.allSettled([
    createInvitation(admin, { email: (await makeUser()).email, role: 'org_owner' }),
    organizations.transferOwnership(admin, { userId: idOf(viewer) }),
    organizations.changeRole(admin, { userId: idOf(viewer), role: 'org_owner' }),
    organizations.changeRole(admin, { userId: idOf(owner), role: 'viewer' }),
    organizations.removeMember(admin, { userId: idOf(owner) }),
  ]);
  for (const attempt of refused) expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'FORBIDDEN' } });
  await organizations.changeRole(admin, { userId: idOf(viewer), role: 'developer' });
  expect(await rolesOf(owner)).toEqual({
    [idOf(owner)]: 'org_owner',
    [idOf(admin)]: 'org_admin',
    [idOf(viewer)]: 'developer',
  });
});

test('anybody may leave, but not the last owner, and not two owners at the same moment', async () => {
  const owner = await makeOrganization();
  const viewer = await makeMember(owner, 'viewer');
  const other = await makeMember(owner, 'org_owner');
  await organizations.removeMember(viewer, { userId: idOf(viewer) });
  const leaving = await Promise.allSettled(
    [owner, other].map((ctx) => organizations.removeMember(ctx, { userId: idOf(ctx) })),
  );
  expect(leaving.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(Object.values(await rolesOf(owner))).toEqual(['org_owner']);
});

test('somebody made an owner at this moment is not removed by an admin', async () => {
  const owner = await makeOrganization();
  const admin = await makeMember(owner, 'org_admin');
  for (let round = 0; round < 10; round += 1) {
    const target = await makeMember(owner, 'developer');
    const [promoted, removed] = await Promise.allSettled([
      organizations.changeRole(owner, { userId: idOf(target), role: 'org_owner' }),
      organizations.removeMember(admin, { userId: idOf(target) }),
    ]);
    const fate = (await rolesOf(owner))[idOf(target)] ?? 'gone';
    expect([promoted.status, removed.status, fate]).toEqual(
      fate === 'gone' ? ['rejected', 'fulfilled', 'gone'] : ['fulfilled', 'rejected', 'org_owner'],
    );
  }
});

test('an address that the product uses itself is never an organization, and names alike get their own', async () => {
  const user = await makeUser();
  const found = async (name: string) => (await organizations.foundOrganization(user, { name }, null)).org.slug;
  expect(await found('Sign in')).toMatch(/^sign-in-[0-9a-f]{6}$/);
  expect(await found('漢字')).toMatch(/^team(-[0-9a-f]{6})?$/);
  const slugs = [await found('Same name'), await found('Same name')];
  expect(new Set(slugs).size).toBe(2);
});

test('ownership is handed over in one step, to a member and by an owner', async () => {
  const owner = await makeOrganization();
  const heir = await makeMember(owner, 'developer');
  const stranger = await makeUser();
  await expect(organizations.transferOwnership(owner, { userId: stranger.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(organizations.transferOwnership(owner, { userId: idOf(owner) })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
  await organizations.transferOwnership(owner, { userId: idOf(heir) });
  expect(await rolesOf(heir)).toEqual({ [idOf(owner)]: 'org_admin', [idOf(heir)]: 'org_owner' });
});
