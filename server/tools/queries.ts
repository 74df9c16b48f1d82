import { and, count, eq, ilike, inArray, or, sql } from 'drizzle-orm';
import { customTools } from '@/db/schema/tools';
import { users } from '@/db/schema/users';
import type { ToolOrigin } from '@/lib/contracts/openapi';
import type { ChangeToolInput, CreateToolInput, CustomTool } from '@/lib/contracts/tools';
import type { TenantContext } from '../context';
import { NotFound } from '../errors';

const visible = {
  id: customTools.id,
  name: customTools.name,
  label: customTools.label,
  description: customTools.description,
  parameters: customTools.parameters,
  action: customTools.action,
  timeoutSeconds: customTools.timeoutSeconds,
  retries: customTools.retries,
  approval: customTools.approval,
  enabled: customTools.enabled,
  origin: customTools.origin,
  revision: customTools.revision,
  createdAt: customTools.createdAt,
  updatedAt: customTools.updatedAt,
  updatedByName: users.name,
};

const named = (ctx: TenantContext, name: string) => and(eq(customTools.orgId, ctx.org.id), eq(customTools.name, name));

const select = (ctx: TenantContext) =>
  ctx.db.select(visible).from(customTools).leftJoin(users, eq(users.id, customTools.updatedBy));

/** The custom tools among these names. */
export const selectNamed = (ctx: TenantContext, names: readonly string[]): Promise<CustomTool[]> =>
  select(ctx).where(and(eq(customTools.orgId, ctx.org.id), inArray(customTools.name, [...names])));

/** In the order of their names' bytes, after `after`: that of remote tools, with which they are listed. */
export const selectPage = (ctx: TenantContext, query: string, after: string, limit: number): Promise<CustomTool[]> => {
  const pattern = `%${query.replace(/[\\%_]/g, '\\$&')}%`;
  return select(ctx)
    .where(
      and(
        eq(customTools.orgId, ctx.org.id),
        sql`${customTools.name} collate "C" > ${after}`,
        query ? or(ilike(customTools.name, pattern), ilike(customTools.label, pattern)) : undefined,
      ),
    )
    .orderBy(sql`${customTools.name} collate "C"`)
    .limit(limit);
};

/** @throws NotFound */
export async function getCustomTool(ctx: TenantContext, name: string): Promise<CustomTool> {
  const [tool] = await select(ctx).where(named(ctx, name));
  if (!tool) throw new NotFound('tool');
  return tool;
}

export async function countCustomTools(ctx: TenantContext): Promise<number> {
  const [row] = await ctx.db.select({ many: count() }).from(customTools).where(eq(customTools.orgId, ctx.org.id));
  return row?.many ?? 0;
}

/** False when the name is taken. */
export async function insertCustomTool(ctx: TenantContext, input: CreateToolInput): Promise<boolean> {
  const rows = await ctx.db
    .insert(customTools)
    .values({ ...input, orgId: ctx.org.id, createdBy: ctx.actor.id, updatedBy: ctx.actor.id })
    .onConflictDoNothing()
    .returning({ id: customTools.id });
  return rows.length > 0;
}

/** False when it has moved on since `revision`, or is not there. */
export async function updateCustomTool(
  ctx: TenantContext,
  { name, revision, ...content }: ChangeToolInput,
): Promise<boolean> {
  const rows = await ctx.db
    .update(customTools)
    .set({ ...content, revision: revision + 1, updatedBy: ctx.actor.id, updatedAt: sql`now()` })
    .where(and(named(ctx, name), eq(customTools.revision, revision)))
    .returning({ id: customTools.id });
  return rows.length > 0;
}

export const noteOrigin = (ctx: TenantContext, name: string, origin: ToolOrigin) =>
  ctx.db.update(customTools).set({ origin }).where(named(ctx, name));

export async function deleteCustomTool(ctx: TenantContext, name: string): Promise<string | undefined> {
  const [row] = await ctx.db.delete(customTools).where(named(ctx, name)).returning({ id: customTools.id });
  return row?.id;
}
