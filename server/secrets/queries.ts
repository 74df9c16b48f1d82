import { and, asc, count, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { workspaces } from '@/db/schema/organizations';
import { dataKeys, secrets, secretUses } from '@/db/schema/secrets';
import { users } from '@/db/schema/users';
import type { CreateSecretInput, DataKeyState, Secret } from '@/lib/contracts/secrets';
import type { TenantContext } from '../context';
import { ENCRYPTED_COLUMNS } from './cells';
import { type StoredKey, sealedWith } from './keyring';

type EncryptedColumn = (typeof ENCRYPTED_COLUMNS)[number];

export const selectDataKeys = (ctx: TenantContext): Promise<StoredKey[]> =>
  ctx.db
    .select({ version: dataKeys.version, wrappedKey: dataKeys.wrappedKey })
    .from(dataKeys)
    .where(eq(dataKeys.orgId, ctx.org.id));

/** Until the transaction ends, nobody adds a key (`shared`), or nobody encrypts with one (otherwise). */
export const lockDataKeys = (ctx: TenantContext, shared: boolean): Promise<unknown> =>
  ctx.db.execute(
    shared
      ? sql`select pg_advisory_xact_lock_shared(hashtextextended('data keys of ' || ${ctx.org.id}, 0))`
      : sql`select pg_advisory_xact_lock(hashtextextended('data keys of ' || ${ctx.org.id}, 0))`,
  );

export async function insertDataKey(ctx: TenantContext, key: StoredKey & { isComplete: boolean }): Promise<void> {
  const { version, wrappedKey, isComplete } = key;
  await ctx.db.insert(dataKeys).values({
    orgId: ctx.org.id,
    version,
    wrappedKey,
    createdBy: ctx.actor.id,
    completedAt: isComplete ? sql`now()` : null,
  });
}

export async function updateWrappedKey(ctx: TenantContext, { version, wrappedKey }: StoredKey): Promise<void> {
  await ctx.db
    .update(dataKeys)
    .set({ wrappedKey })
    .where(and(eq(dataKeys.orgId, ctx.org.id), eq(dataKeys.version, version)));
}

export async function markComplete(ctx: TenantContext, version: number): Promise<boolean> {
  const rows = await ctx.db
    .update(dataKeys)
    .set({ completedAt: sql`now()` })
    .where(and(eq(dataKeys.orgId, ctx.org.id), eq(dataKeys.version, version), isNull(dataKeys.completedAt)))
    .returning({ version: dataKeys.version });
  return rows.length > 0;
}

export async function selectNewestKey(ctx: TenantContext): Promise<Omit<DataKeyState, 'total' | 'left'> | undefined> {
  const [row] = await ctx.db
    .select({
      version: dataKeys.version,
      createdAt: dataKeys.createdAt,
      createdByName: users.name,
      completedAt: dataKeys.completedAt,
    })
    .from(dataKeys)
    .leftJoin(users, eq(users.id, dataKeys.createdBy))
    .where(eq(dataKeys.orgId, ctx.org.id))
    .orderBy(desc(dataKeys.version))
    .limit(1);
  return row;
}

/** How many encrypted values there are, and how many of them this version of the key did not encrypt. */
export async function countCells(ctx: TenantContext, version: number): Promise<{ total: number; left: number }> {
  const counts = { total: 0, left: 0 };
  for (const { table, column } of ENCRYPTED_COLUMNS) {
    const [row] = await ctx.db.execute<{ total: number; left: number }>(sql`
      select count(*)::int as total, count(*) filter (where not starts_with(${sql.identifier(column)}, ${sealedWith(version)}))::int as left
      from ${sql.identifier(table)} where org_id = ${ctx.org.id} and ${sql.identifier(column)} is not null`);
    counts.total += row?.total ?? 0;
    counts.left += row?.left ?? 0;
  }
  return counts;
}

/** Cells of a column that another version encrypted, in the order of their ids; locked. */
export const lockOldCells = (
  ctx: TenantContext,
  { table, column }: EncryptedColumn,
  { version, after, limit }: { version: number; after: string | null; limit: number },
): Promise<{ id: string; encrypted: string }[]> =>
  ctx.db.execute<{ id: string; encrypted: string }>(sql`
    select id, ${sql.identifier(column)} as encrypted from ${sql.identifier(table)}
    where org_id = ${ctx.org.id} and not starts_with(${sql.identifier(column)}, ${sealedWith(version)})
      and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${limit} for update`);

export const updateCell = (ctx: TenantContext, { table, column }: EncryptedColumn, id: string, encrypted: string) =>
  ctx.db.execute(sql`
    update ${sql.identifier(table)} set ${sql.identifier(column)} = ${encrypted} where org_id = ${ctx.org.id} and id = ${id}`);

const visible = {
  id: secrets.id,
  name: secrets.name,
  description: secrets.description,
  workspaceId: secrets.workspaceId,
  workspaceName: workspaces.name,
  createdAt: secrets.createdAt,
  updatedAt: secrets.updatedAt,
  updatedByName: users.name,
  lastUsedAt: secrets.lastUsedAt,
};

const own = (ctx: TenantContext, secretId: string) => and(eq(secrets.orgId, ctx.org.id), eq(secrets.id, secretId));

export const selectSecrets = (ctx: TenantContext, secretId?: string): Promise<Secret[]> =>
  ctx.db
    .select(visible)
    .from(secrets)
    .leftJoin(users, eq(users.id, secrets.updatedBy))
    .leftJoin(workspaces, and(eq(workspaces.orgId, secrets.orgId), eq(workspaces.id, secrets.workspaceId)))
    .where(secretId ? own(ctx, secretId) : eq(secrets.orgId, ctx.org.id))
    .orderBy(asc(secrets.name), asc(secrets.id))
    .limit(1_000);

export async function countSecrets(ctx: TenantContext): Promise<number> {
  const [row] = await ctx.db.select({ many: count() }).from(secrets).where(eq(secrets.orgId, ctx.org.id));
  return row?.many ?? 0;
}

export async function hasWorkspace(ctx: TenantContext, workspaceId: string): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(eq(workspaces.orgId, ctx.org.id), eq(workspaces.id, workspaceId)));
  return rows.length > 0;
}

/** False when the name is taken there. */
export async function insertSecret(
  ctx: TenantContext,
  { name, description, workspaceId }: CreateSecretInput,
  cell: { id: string; encryptedValue: string },
): Promise<boolean> {
  const by = { createdBy: ctx.actor.id, updatedBy: ctx.actor.id };
  const rows = await ctx.db
    .insert(secrets)
    .values({ orgId: ctx.org.id, name, description, workspaceId: workspaceId ?? null, ...cell, ...by })
    .onConflictDoNothing()
    .returning({ id: secrets.id });
  return rows.length > 0;
}

export async function updateSecret(
  ctx: TenantContext,
  secretId: string,
  change: { encryptedValue: string; description?: string },
): Promise<void> {
  await ctx.db
    .update(secrets)
    .set({ ...change, updatedBy: ctx.actor.id, updatedAt: sql`now()` })
    .where(own(ctx, secretId));
}

export async function deleteSecret(ctx: TenantContext, secretId: string): Promise<{ name: string } | undefined> {
  const [row] = await ctx.db.delete(secrets).where(own(ctx, secretId)).returning({ name: secrets.name });
  return row;
}

export interface EncryptedSecret {
  id: string;
  name: string;
  encryptedValue: string;
}

/** The secrets of these names, of the workspace before those of the organization. */
export async function selectNamed(
  ctx: TenantContext,
  names: readonly string[],
  workspaceId: string | undefined,
): Promise<EncryptedSecret[]> {
  return ctx.db
    .selectDistinctOn([secrets.name], {
      id: secrets.id,
      name: secrets.name,
      encryptedValue: secrets.encryptedValue,
    })
    .from(secrets)
    .where(
      and(
        eq(secrets.orgId, ctx.org.id),
        inArray(secrets.name, [...names]),
        or(isNull(secrets.workspaceId), workspaceId ? eq(secrets.workspaceId, workspaceId) : undefined),
      ),
    )
    .orderBy(asc(secrets.name), sql`${secrets.workspaceId} nulls last`);
}

/** What the run used before. */
export const selectUsed = (ctx: TenantContext, runId: string): Promise<EncryptedSecret[]> =>
  ctx.db
    .select({ id: secrets.id, name: secrets.name, encryptedValue: secrets.encryptedValue })
    .from(secretUses)
    .innerJoin(secrets, and(eq(secrets.orgId, secretUses.orgId), eq(secrets.id, secretUses.secretId)))
    .where(and(eq(secretUses.orgId, ctx.org.id), eq(secretUses.runId, runId)));

/** Notes that a run uses these. @returns those it had not used before. */
export async function insertUses(ctx: TenantContext, runId: string, secretIds: readonly string[]): Promise<string[]> {
  const rows = await ctx.db
    .insert(secretUses)
    .values(secretIds.map((secretId) => ({ orgId: ctx.org.id, runId, secretId })))
    .onConflictDoNothing()
    .returning({ secretId: secretUses.secretId });
  return rows.map(({ secretId }) => secretId);
}

/** Notes that they were used; once a minute, for at each call it would be a hot row. */
export async function touchSecrets(ctx: TenantContext, secretIds: readonly string[]): Promise<void> {
  await ctx.db
    .update(secrets)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(
        eq(secrets.orgId, ctx.org.id),
        inArray(secrets.id, [...secretIds]),
        or(isNull(secrets.lastUsedAt), lt(secrets.lastUsedAt, sql`now() - interval '1 minute'`)),
      ),
    );
}
