import { and, asc, eq, ne, sum } from 'drizzle-orm';
import { newId } from '@/db/columns';
import { artifacts } from '@/db/schema/artifacts';
import type { Artifact } from '@/lib/contracts/artifacts';
import type { TenantContext } from '../context';
import { NotFound } from '../errors';

const visible = {
  id: artifacts.id,
  runId: artifacts.runId,
  name: artifacts.name,
  contentType: artifacts.contentType,
  bytes: artifacts.bytes,
  sha256: artifacts.sha256,
  createdAt: artifacts.createdAt,
};

const ofRun = (ctx: TenantContext, runId: string) => and(eq(artifacts.orgId, ctx.org.id), eq(artifacts.runId, runId));

export const selectArtifacts = (ctx: TenantContext, runId: string): Promise<Artifact[]> =>
  ctx.db.select(visible).from(artifacts).where(ofRun(ctx, runId)).orderBy(asc(artifacts.name)).limit(1_000);

/** Bytes of a run's files but this one. */
export async function sumOthers(ctx: TenantContext, runId: string, name: string): Promise<number> {
  const [row] = await ctx.db
    .select({ total: sum(artifacts.bytes) })
    .from(artifacts)
    .where(and(ofRun(ctx, runId), ne(artifacts.name, name)));
  return Number(row?.total ?? 0);
}

export async function upsertArtifact(
  ctx: TenantContext,
  row: Pick<typeof artifacts.$inferInsert, 'runId' | 'name' | 'contentType' | 'bytes' | 'sha256' | 'content'>,
): Promise<Artifact> {
  const change = { ...row, id: newId() };
  const [saved] = await ctx.db
    .insert(artifacts)
    .values({ ...change, orgId: ctx.org.id })
    .onConflictDoUpdate({ target: [artifacts.orgId, artifacts.runId, artifacts.name], set: change })
    .returning(visible);
  if (!saved) throw new Error('upsert returned no row');
  return saved;
}

export async function findByName(ctx: TenantContext, runId: string, name: string) {
  const [row] = await ctx.db
    .select({ ...visible, content: artifacts.content })
    .from(artifacts)
    .where(and(ofRun(ctx, runId), eq(artifacts.name, name)));
  return row;
}

/** @throws NotFound */
export async function getArtifact(ctx: TenantContext, id: string) {
  const [row] = await ctx.db
    .select({ ...visible, content: artifacts.content })
    .from(artifacts)
    .where(and(eq(artifacts.orgId, ctx.org.id), eq(artifacts.id, id)));
  if (!row) throw new NotFound('file');
  return row;
}
