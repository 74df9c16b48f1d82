import { expect, test } from 'vitest';
import { requirePermission } from '../context';
import { changeRole } from '../organizations/service';
import { makeMember, makeOrganization } from '../testing/factories';
import { REQUEST } from '../testing/scene';
import { authenticateApiKey, createApiKey, listApiKeys, revokeApiKey } from './service';

const soon = () => new Date(Date.now() + 60_000);
const lastUsed = async (ctx: Parameters<typeof listApiKeys>[0], id: string) =>
  (await listApiKeys(ctx)).find((key) => key.id === id)?.lastUsedAt;

test('a key acts with its scopes, and never with more than its maker has now', async () => {
  const owner = await makeOrganization();
  const admin = await makeMember(owner, 'org_admin');
  const { token } = await createApiKey(admin, {
    name: 'x',
    scopes: ['agents:read', 'agents:write'],
    expiresAt: soon(),
  });
  const key = await authenticateApiKey(token, REQUEST);
  expect(key.permissions).toEqual(['agents:read', 'agents:write']);
  expect(() => requirePermission(key, 'runs:read')).toThrow(/This API key lacks it: make one with it in Settings/);
  await changeRole(owner, { userId: admin.actor.id, role: 'viewer' });
  expect((await authenticateApiKey(token, REQUEST)).permissions).toEqual(['agents:read']);
});

test('nobody gives a key what they may not do themselves, nor one that is over', async () => {
  const admin = await makeMember(await makeOrganization(), 'org_admin');
  const beyond = createApiKey(admin, { name: 'x', scopes: ['organization:delete'] });
  await expect(beyond).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const over = createApiKey(admin, { name: 'x', scopes: ['agents:read'], expiresAt: new Date() });
  await expect(over).rejects.toMatchObject({ code: 'INVALID', fields: { expiresAt: expect.any(String) } });
});

test('the token is told once; a use is noted, a use after the end is not', async () => {
  const owner = await makeOrganization();
  const { id, token } = await createApiKey(owner, { name: 'x', scopes: ['agents:read'] });
  expect(JSON.stringify(await listApiKeys(owner))).not.toContain(token);
  await revokeApiKey(owner, { apiKeyId: id });
  await expect(authenticateApiKey(token, REQUEST)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await lastUsed(owner, id)).toBeNull();
  const live = await createApiKey(owner, { name: 'y', scopes: ['agents:read'] });
  await authenticateApiKey(live.token, REQUEST);
  expect(await lastUsed(owner, live.id)).toBeInstanceOf(Date);
});
