import { and, eq, sql } from 'drizzle-orm';
import { modelCredentials } from '@/db/schema/models';
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

const ofProvider = (ctx: TenantContext, provider: CredentialProvider) =>
  and(eq(modelCredentials.orgId, ctx.org.id), eq(modelCredentials.provider, provider));
