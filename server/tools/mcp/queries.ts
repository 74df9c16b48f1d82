import { and, asc, count, eq, getTableColumns, ilike, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { mcpServers, mcpTools } from '@/db/schema/mcp';
import { users } from '@/db/schema/users';
import type { ChangeMcpServerInput, CreateMcpServerInput, McpServer, McpServerState } from '@/lib/contracts/mcp';
import type { TenantContext } from '../../context';
import { NotFound } from '../../errors';
import type { NewTool, ToolChange } from './reconcile';

export type StoredServer = typeof mcpServers.$inferSelect;
export type StoredMcpTool = typeof mcpTools.$inferSelect;

const ofServer = (ctx: TenantContext, id: string) => and(eq(mcpServers.orgId, ctx.org.id), eq(mcpServers.id, id));
const inOrg = (ctx: TenantContext) => eq(mcpTools.orgId, ctx.org.id);
const sameServer = and(eq(mcpServers.orgId, mcpTools.orgId), eq(mcpServers.id, mcpTools.serverId));

/** By name; all of them, or the one called `name`. */
export const selectServers = (ctx: TenantContext, name?: string): Promise<McpServer[]> =>
  ctx.db
    .select({
      id: mcpServers.id,
      name: mcpServers.name,
      description: mcpServers.description,
      url: mcpServers.url,
      auth: mcpServers.auth,
      timeoutSeconds: mcpServers.timeoutSeconds,
      state: mcpServers.state,
      stateMessage: mcpServers.stateMessage,
      checkedAt: mcpServers.checkedAt,
      revision: mcpServers.revision,
      updatedAt: mcpServers.updatedAt,
      updatedByName: users.name,
      tools: sql<number>`count(${mcpTools.id}) filter (where ${mcpTools.state} <> 'removed')`.mapWith(Number),
      waiting: sql<number>`count(${mcpTools.id}) filter (where ${mcpTools.state} in ('changed', 'new'))`.mapWith(
        Number,
      ),
    })
    .from(mcpServers)
    .leftJoin(users, eq(users.id, mcpServers.updatedBy))
    .leftJoin(mcpTools, sameServer)
    .where(and(eq(mcpServers.orgId, ctx.org.id), name === undefined ? undefined : eq(mcpServers.name, name)))
    .groupBy(mcpServers.orgId, mcpServers.id, users.name)
    .orderBy(asc(mcpServers.name));

/** @throws NotFound */
export async function getServer(ctx: TenantContext, name: string): Promise<StoredServer> {
  const [server] = await ctx.db
    .select()
    .from(mcpServers)
    .where(and(eq(mcpServers.orgId, ctx.org.id), eq(mcpServers.name, name)));
  if (!server) throw new NotFound('MCP server');
  return server;
}

export async function countServers(ctx: TenantContext): Promise<number> {
  const [row] = await ctx.db.select({ many: count() }).from(mcpServers).where(eq(mcpServers.orgId, ctx.org.id));
  return row?.many ?? 0;
}

/** Undefined when the name is taken. */
export async function insertServer(ctx: TenantContext, input: CreateMcpServerInput): Promise<string | undefined> {
  const [row] = await ctx.db
    .insert(mcpServers)
    .values({ ...input, orgId: ctx.org.id, createdBy: ctx.actor.id, updatedBy: ctx.actor.id })
    .onConflictDoNothing()
    .returning({ id: mcpServers.id });
  return row?.id;
}

/** False when it has moved on since `revision`. */
export async function updateServer(ctx: TenantContext, id: string, input: ChangeMcpServerInput): Promise<boolean> {
  const { name: _, revision, ...content } = input;
  const rows = await ctx.db
    .update(mcpServers)
    .set({ ...content, revision: revision + 1, updatedBy: ctx.actor.id, updatedAt: sql`now()` })
    .where(and(ofServer(ctx, id), eq(mcpServers.revision, revision)))
    .returning({ id: mcpServers.id });
  return rows.length > 0;
}

/** Its tools go with it. */
export async function deleteServer(ctx: TenantContext, name: string): Promise<string | undefined> {
  const [row] = await ctx.db
    .delete(mcpServers)
    .where(and(eq(mcpServers.orgId, ctx.org.id), eq(mcpServers.name, name)))
    .returning({ id: mcpServers.id });
  return row?.id;
}

/** Takes the look at a server's tools upon itself; false when somebody did after `before`. */
export async function claimCheck(ctx: TenantContext, id: string, before: Date): Promise<boolean> {
  const rows = await ctx.db
    .update(mcpServers)
    .set({ checkedAt: sql`now()` })
    .where(and(ofServer(ctx, id), or(isNull(mcpServers.checkedAt), lt(mcpServers.checkedAt, before))))
    .returning({ id: mcpServers.id });
  return rows.length > 0;
}

/** How a look or a call ended; `revision`: of the server that was spoken to. */
export const noteState = (
  ctx: TenantContext,
  { id, revision }: Pick<StoredServer, 'id' | 'revision'>,
  end: { state: McpServerState; stateMessage: string; isRead?: boolean },
) =>
  ctx.db
    .update(mcpServers)
    .set({
      state: end.state,
      stateMessage: end.stateMessage,
      checkedAt: sql`now()`,
      ...(end.isRead && { readAt: sql`coalesce(${mcpServers.readAt}, now())` }),
    })
    .where(and(ofServer(ctx, id), eq(mcpServers.revision, revision)));

/** The server's row is locked: two looks at it do not add a tool twice. */
export async function lockServer(ctx: TenantContext, id: string): Promise<StoredServer | undefined> {
  const [server] = await ctx.db.select().from(mcpServers).where(ofServer(ctx, id)).for('update');
  return server;
}

export const selectTools = (ctx: TenantContext, serverId: string): Promise<StoredMcpTool[]> =>
  ctx.db
    .select()
    .from(mcpTools)
    .where(and(inOrg(ctx), eq(mcpTools.serverId, serverId)))
    .orderBy(asc(mcpTools.name));

const withServer = { tool: getTableColumns(mcpTools), server: getTableColumns(mcpServers) };
export type ServedTool = { tool: StoredMcpTool; server: StoredServer };

/** The tools of servers among these names; those that were removed are not there. */
export const selectNamed = (ctx: TenantContext, names: readonly string[]): Promise<ServedTool[]> =>
  ctx.db
    .select(withServer)
    .from(mcpTools)
    .innerJoin(mcpServers, sameServer)
    .where(and(inOrg(ctx), inArray(mcpTools.name, [...names]), ne(mcpTools.state, 'removed')));

/** In the order of their names, after `after`. */
export const selectPage = (ctx: TenantContext, query: string, after: string, limit: number): Promise<ServedTool[]> => {
  const pattern = `%${query.replace(/[\\%_]/g, '\\$&')}%`;
  return ctx.db
    .select(withServer)
    .from(mcpTools)
    .innerJoin(mcpServers, sameServer)
    .where(
      and(
        inOrg(ctx),
        ne(mcpTools.state, 'removed'),
        sql`${mcpTools.name} collate "C" > ${after}`,
        query ? or(ilike(mcpTools.name, pattern), ilike(mcpTools.label, pattern)) : undefined,
      ),
    )
    .orderBy(sql`${mcpTools.name} collate "C"`)
    .limit(limit);
};

/** @throws NotFound */
export async function getTool(ctx: TenantContext, name: string): Promise<ServedTool> {
  const [found] = await ctx.db
    .select(withServer)
    .from(mcpTools)
    .innerJoin(mcpServers, sameServer)
    .where(and(inOrg(ctx), eq(mcpTools.name, name)))
    .for('update', { of: mcpTools });
  if (!found) throw new NotFound('tool');
  return found;
}

export async function countTools(ctx: TenantContext): Promise<number> {
  const [row] = await ctx.db.select({ many: count() }).from(mcpTools).where(inOrg(ctx));
  return row?.many ?? 0;
}

export const insertTools = (ctx: TenantContext, serverId: string, added: readonly NewTool[]) =>
  ctx.db.insert(mcpTools).values(added.map((tool) => ({ ...tool, orgId: ctx.org.id, serverId })));

export const deleteTools = (ctx: TenantContext, ids: string[]) =>
  ctx.db.delete(mcpTools).where(and(inOrg(ctx), inArray(mcpTools.id, ids)));

export const updateTool = (
  ctx: TenantContext,
  { id, ...change }: (ToolChange | { id: string }) & Partial<Omit<StoredMcpTool, 'orgId' | 'changedAt'>>,
  isNews = true,
) =>
  ctx.db
    .update(mcpTools)
    .set({ ...change, ...(isNews && { changedAt: sql`now()` }) })
    .where(and(inOrg(ctx), eq(mcpTools.id, id)));
