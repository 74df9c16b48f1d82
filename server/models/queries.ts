import { and, eq, sql } from 'drizzle-orm';
import { modelCircuits, modelCredentials, modelOverrides } from '@/db/schema/models';
import type { CredentialProvider } from '@/lib/contracts/models';
import type { TenantContext } from '../context';

export type Credential = typeof modelCredentials.$inferSelect;

export const selectCredentials = (ctx: TenantContext): Promise<Credential[]> =>
  ctx.db.select().from(modelCredentials).where(eq(modelCredentials.orgId, ctx.org.id)).limit(100);

export async function findCredential(
  ctx: TenantContext,
  provider: CredentialProvider,
): Promise<Credential | undefined> {
  const [row] = await ctx.db.select().from(modelCredentials).where(ofProvider(ctx, provider));
  return row;
}

/** Writes a provider's credential in place of the one before; of two at once the later one stays. */
export async function upsertCredential(
  ctx: TenantContext,
  row: Pick<Credential, 'id' | 'baseUrl' | 'settings' | 'encryptedKey' | 'hint'> & { provider: CredentialProvider },
): Promise<Credential> {
  const change = { ...row, createdBy: ctx.actor.id, createdAt: sql`now()` };
  const [saved] = await ctx.db
    .insert(modelCredentials)
    .values({ ...change, orgId: ctx.org.id })
    .onConflictDoUpdate({ target: [modelCredentials.orgId, modelCredentials.provider], set: change })
    .returning();
  if (!saved) throw new Error('upsert returned no row');
  return saved;
}

export async function deleteCredential(
  ctx: TenantContext,
  provider: CredentialProvider,
): Promise<Credential | undefined> {
  const [row] = await ctx.db.delete(modelCredentials).where(ofProvider(ctx, provider)).returning();
  return row;
}

export type Override = typeof modelOverrides.$inferSelect;

export const selectOverrides = (ctx: TenantContext): Promise<Override[]> =>
  ctx.db.select().from(modelOverrides).where(eq(modelOverrides.orgId, ctx.org.id)).limit(1_000);

export async function upsertOverride(
  ctx: TenantContext,
  row: Pick<Override, 'model' | 'input' | 'cachedInput' | 'output' | 'quality'>,
): Promise<void> {
  const change = { ...row, updatedBy: ctx.actor.id, updatedAt: sql`now()` };
  await ctx.db
    .insert(modelOverrides)
    .values({ ...change, orgId: ctx.org.id })
    .onConflictDoUpdate({ target: [modelOverrides.orgId, modelOverrides.model], set: change });
}

export const deleteOverride = (ctx: TenantContext, model: string) =>
  ctx.db.delete(modelOverrides).where(and(eq(modelOverrides.orgId, ctx.org.id), eq(modelOverrides.model, model)));

type CircuitRow = typeof modelCircuits.$inferSelect;

export const selectCircuits = (ctx: TenantContext): Promise<CircuitRow[]> =>
  ctx.db.select().from(modelCircuits).where(eq(modelCircuits.orgId, ctx.org.id)).limit(100);

/** Forgets how a key fared. @returns what was known. */
export async function deleteCircuit(
  ctx: TenantContext,
  provider: CredentialProvider,
  source: string,
): Promise<CircuitRow | undefined> {
  const { orgId, provider: ofWhom, source: whose } = modelCircuits;
  const [row] = await ctx.db
    .delete(modelCircuits)
    .where(and(eq(orgId, ctx.org.id), eq(ofWhom, provider), eq(whose, source)))
    .returning();
  return row;
}

const ofProvider = (ctx: TenantContext, provider: CredentialProvider) =>
  and(eq(modelCredentials.orgId, ctx.org.id), eq(modelCredentials.provider, provider));
