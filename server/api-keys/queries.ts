import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { apiKeys } from '@/db/schema/organizations';
import { users } from '@/db/schema/users';
import type { ApiKey, CreateApiKeyInput } from '@/lib/contracts/people';
import type { TenantContext } from '../context';

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

export interface StoredKey {
  id: string;
  name: string;
  scopes: string[];
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  orgSlug: string;
  orgName: string;
  /** Role of who made the key, now: a key never outlives or exceeds its maker. */
  makerRole: string | null;
  /** `last_used_at` is of this minute. */
  useIsNoted: boolean;
}

const stored = sql`
  select k.id, k.name, k.scopes, k.created_by, k.expires_at, k.revoked_at, o.slug, o.name as org_name, m.role,
    coalesce(k.last_used_at > now() - interval '1 minute', false) as noted
  from api_keys k join organizations o on o.id = k.org_id
  left join memberships m on m.org_id = k.org_id and m.user_id = k.created_by`;

async function findStored(ctx: TenantContext, where: ReturnType<typeof sql>): Promise<StoredKey | undefined> {
  const [row] = await ctx.db.execute<{
    id: string;
    name: string;
    scopes: string[];
    created_by: string;
    expires_at: string | null;
    revoked_at: string | null;
    slug: string;
    org_name: string;
    role: string | null;
    noted: boolean;
  }>(sql`${stored} where k.org_id = ${ctx.org.id} and ${where}`);
  return (
    row && {
      id: row.id,
      name: row.name,
      scopes: row.scopes,
      createdBy: row.created_by,
      expiresAt: row.expires_at ? new Date(row.expires_at) : null,
      revokedAt: row.revoked_at ? new Date(row.revoked_at) : null,
      orgSlug: row.slug,
      orgName: row.org_name,
      makerRole: row.role,
      useIsNoted: row.noted,
    }
  );
}

export const findKeyByHash = (ctx: TenantContext, tokenHash: string) =>
  findStored(ctx, sql`k.token_hash = ${tokenHash}`);
export const findKeyById = (ctx: TenantContext, id: string) => findStored(ctx, sql`k.id = ${id}`);

/** Notes that a key was used. For each call it would be a hot row: see `useIsNoted`. */
export async function touchApiKey(ctx: TenantContext, id: string): Promise<void> {
  await ctx.db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(apiKeys.orgId, ctx.org.id), eq(apiKeys.id, id)));
}
