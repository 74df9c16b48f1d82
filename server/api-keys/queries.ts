import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { apiKeys } from '@/db/schema/organizations';
import { users } from '@/db/schema/users';
import type { ApiKey, CreateApiKeyInput } from '@/lib/contracts/people';
import type { Role } from '@/lib/permissions';
import { type OrgContext, type TenantContext, tenantStatement } from '../context';

const apiKey = {
  id: apiKeys.id,
  name: apiKeys.name,
  hint: apiKeys.hint,
  scopes: apiKeys.scopes,
  createdByName: users.name,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  lastUsedAt: apiKeys.lastUsedAt,
};

export const selectApiKeys = (ctx: TenantContext): Promise<ApiKey[]> =>
  ctx.db
    .select(apiKey)
    .from(apiKeys)
    .leftJoin(users, eq(users.id, apiKeys.createdBy))
    .where(eq(apiKeys.orgId, ctx.org.id))
    .orderBy(desc(apiKeys.id))
    .limit(500);

export async function insertApiKey(
  ctx: TenantContext,
  input: CreateApiKeyInput & { tokenHash: string; hint: string },
): Promise<ApiKey> {
  const [row] = await ctx.db
    .insert(apiKeys)
    .values({
      orgId: ctx.org.id,
      name: input.name,
      tokenHash: input.tokenHash,
      hint: input.hint,
      scopes: input.scopes,
      createdBy: ctx.actor.id,
      expiresAt: input.expiresAt ?? null,
    })
    .returning({ ...apiKey, createdByName: sql<string | null>`null` });
  if (!row) throw new Error('insert returned no row');
  return row;
}

/** False when there is no such live key. */
export async function markRevoked(ctx: TenantContext, apiKeyId: string): Promise<boolean> {
  const rows = await ctx.db
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.orgId, ctx.org.id), eq(apiKeys.id, apiKeyId), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id });
  return rows.length > 0;
}

/** What decides about a key's rights. */
export interface KeyState {
  scopes: string[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** Role of who made the key, now: a key never outlives or exceeds its maker. */
  makerRole: Role | null;
}

export interface StoredKey extends KeyState {
  id: string;
  name: string;
  orgSlug: string;
  orgName: string;
}

/** Finds a key and notes that it was used; once a minute, for at each call it would be a hot row. */
export async function findKeyInUse(ctx: OrgContext, tokenHash: string): Promise<StoredKey | undefined> {
  const [row] = await tenantStatement<
    Omit<StoredKey, 'expiresAt' | 'revokedAt'> & { expiresAt: string | null; revokedAt: string | null }
  >(
    ctx,
    (sql) => sql`
    with key as materialized (
      select k.id, k.name, k.scopes, k.expires_at, k.revoked_at, o.slug, o.name as org_name, m.role,
        coalesce(k.last_used_at > now() - interval '1 minute', false) as noted
      from api_keys k join organizations o on o.id = k.org_id
      left join memberships m on m.org_id = k.org_id and m.user_id = k.created_by
      where k.org_id = ${ctx.org.id} and k.token_hash = ${tokenHash}
    ), used as (
      update api_keys k set last_used_at = now() from key
      where k.org_id = ${ctx.org.id} and k.id = key.id and not key.noted and k.revoked_at is null
    )
    select id, name, scopes, expires_at as "expiresAt", revoked_at as "revokedAt", slug as "orgSlug", org_name as "orgName",
      role as "makerRole" from key`,
    { order: tokenHash },
  );
  if (!row) return undefined;
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return { ...row, expiresAt: instant(row.expiresAt), revokedAt: instant(row.revokedAt) };
}
