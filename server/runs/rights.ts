import type { Row } from 'postgres';
import type { Sql, Statement } from '@/db/transaction';
import { type Permission, ROLE_PERMISSIONS, ROLES, VISITOR_PERMISSIONS } from '@/lib/permissions';
import { livePermissions } from '../api-keys/service';
import type { TenantContext } from '../context';
import { NotFound } from '../errors';
import type { KnownRun } from './memory';
import type { findExecution } from './queries';

/** A run has the rights of whoever started it, as they are at each step. */

const openLink = (sql: Sql, orgId: string, linkId: string) => sql`
  select from public_links l join agents a on a.org_id = l.org_id and a.id = l.agent_id
  where l.org_id = ${orgId} and l.id = ${linkId} and l.enabled and (l.expires_at is null or l.expires_at > now())
    and a.status = 'active' and a.visibility <> 'private'`;

type FoundExecution = NonNullable<Awaited<ReturnType<typeof findExecution>>>;

/** What whoever started a run may do now. @throws Unauthorized for a key that is revoked or over. */
export async function permissionsOf(
  { sql, org }: TenantContext,
  { actorType, actorId, role, scopes, expiresAt, revokedAt }: FoundExecution,
): Promise<readonly Permission[]> {
  if (actorType === 'link') return (await openLink(sql, org.id, actorId)).length > 0 ? VISITOR_PERMISSIONS : [];
  if (actorType === 'user') return role ? ROLE_PERMISSIONS[role] : [];
  if (!scopes) throw new NotFound('API key');
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return livePermissions({ scopes, makerRole: role, expiresAt: instant(expiresAt), revokedAt: instant(revokedAt) });
}

/** A condition: whoever started a run may still do all that is known of them. */
export function stillGranted(
  sql: Sql,
  orgId: string,
  { startedBy: { type, id }, permissions }: KnownRun,
): Statement<Row> {
  if (type === 'link') return sql`exists (${openLink(sql, orgId, id)})`;
  const roles = ROLES.filter((role) => permissions.every((one) => ROLE_PERMISSIONS[role].some((its) => its === one)));
  const isMember = (userId: Statement<Row>) => sql`select from memberships m
    where m.org_id = ${orgId} and m.user_id = ${userId} and m.role = any(${roles}::text[])`;
  if (type === 'user') return sql`exists (${isMember(sql`${id}::uuid`)})`;
  return sql`exists (select from api_keys k where k.org_id = ${orgId} and k.id = ${id} and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now()) and exists (${isMember(sql`k.created_by`)}))`;
}
