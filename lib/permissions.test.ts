import { expect, test } from 'vitest';
import { isGranted, PERMISSIONS, ROLE_PERMISSIONS, type ROLES } from './permissions';

test('each role may do what its description says, and not more', () => {
  const changes = (role: (typeof ROLES)[number]) =>
    ROLE_PERMISSIONS[role].filter((permission) => !permission.endsWith(':read'));
  expect(ROLE_PERMISSIONS.org_owner).toEqual(PERMISSIONS);
  expect(PERMISSIONS.filter((permission) => !ROLE_PERMISSIONS.org_admin.includes(permission))).toEqual([
    'organization:delete',
  ]);
  expect(changes('developer').toSorted()).toEqual([
    'agents:archive',
    'agents:publish',
    'agents:write',
    'approvals:answer',
    'runs:cancel',
    'runs:start',
    'tools:try',
    'tools:write',
  ]);
  expect(changes('viewer')).toEqual([]);
  expect(changes('billing_admin')).toEqual(['budgets:write']);
  for (const secret of ['agents:read', 'runs:read', 'credentials:read', 'api-keys:read', 'audit:read'] as const) {
    expect(ROLE_PERMISSIONS.billing_admin).not.toContain(secret);
  }
  for (const secret of ['credentials:read', 'api-keys:read', 'audit:read', 'spend:read'] as const) {
    expect(ROLE_PERMISSIONS.viewer).not.toContain(secret);
  }
});

test('a permission is granted by its name or a star on either side, by nothing else', () => {
  for (const granted of ['agents:write', 'agents:*', '*:write', '*:*'])
    expect(isGranted([granted], 'agents:write')).toBe(true);
  for (const granted of ['agents:read', 'agent:*', '*', 'agents', '', 'agents:writes', '*:read']) {
    expect(isGranted([granted], 'agents:write')).toBe(false);
  }
});
