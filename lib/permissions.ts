/** Every permission there is, `resource:action`. Server and screen read this one table. */
export const PERMISSIONS = [
  'organization:read',
  'organization:write',
  'organization:delete',
  'workspaces:read',
  'workspaces:write',
  'members:read',
  'members:write',
  'agents:read',
  'agents:write',
  'agents:publish',
  'agents:archive',
  'agents:read-private',
  'runs:read',
  'runs:start',
  'runs:cancel',
  'approvals:read',
  'approvals:answer',
  'models:read',
  'credentials:read',
  'credentials:write',
  'api-keys:read',
  'api-keys:write',
  'secrets:read',
  'secrets:write',
  'connectors:read',
  'connectors:write',
  'tools:read',
  'tools:write',
  'tools:try',
  'audit:read',
  'spend:read',
  'budgets:read',
  'budgets:write',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['org_owner', 'org_admin', 'developer', 'viewer', 'billing_admin'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_LABELS: Record<Role, { label: string; does: string }> = {
  org_owner: { label: 'Owner', does: 'Everything, deleting the organization included.' },
  org_admin: { label: 'Admin', does: 'Everything but deleting the organization and making owners.' },
  developer: { label: 'Developer', does: 'Builds, publishes and runs agents.' },
  viewer: { label: 'Viewer', does: 'Reads agents and runs.' },
  billing_admin: { label: 'Billing', does: 'Reads the organization, its members and its spend, and sets budgets.' },
};

const READS: readonly Permission[] = [
  'organization:read',
  'workspaces:read',
  'members:read',
  'agents:read',
  'runs:read',
  'approvals:read',
  'models:read',
  'tools:read',
];

/** What each built-in role may do. */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  org_owner: PERMISSIONS,
  org_admin: PERMISSIONS.filter((permission) => permission !== 'organization:delete'),
  developer: [
    ...READS,
    'agents:write',
    'agents:publish',
    'agents:archive',
    'runs:start',
    'runs:cancel',
    'approvals:answer',
    'credentials:read',
    'api-keys:read',
    'secrets:read',
    'connectors:read',
    'tools:write',
    'tools:try',
    'spend:read',
    'budgets:read',
  ],
  viewer: READS,
  billing_admin: [
    'organization:read',
    'workspaces:read',
    'members:read',
    'models:read',
    'spend:read',
    'budgets:read',
    'budgets:write',
  ],
};

/** True when one of `granted` is `wanted`, or covers it with `*` on either side. */
export function isGranted(granted: readonly string[], wanted: Permission): boolean {
  const [resource, action] = wanted.split(':');
  return granted.some((g) => g === wanted || g === '*:*' || g === `${resource}:*` || g === `*:${action}`);
}

/** What a visitor of a public link may do, with its agent alone. */
export const VISITOR_PERMISSIONS: readonly Permission[] = ['runs:start'];
