import { and, asc, count, eq, sql } from 'drizzle-orm';
import { connectors } from '@/db/schema/connectors';
import { users } from '@/db/schema/users';
import type { Connector, ConnectorState } from '@/lib/contracts/connectors';
import type { TenantContext } from '../context';
import { NotFound } from '../errors';

export type StoredConnector = typeof connectors.$inferSelect;

const visible = {
  id: connectors.id,
  name: connectors.name,
  kind: connectors.kind,
  description: connectors.description,
  access: connectors.access,
  settings: connectors.settings,
  state: connectors.state,
  stateMessage: connectors.stateMessage,
  warnings: connectors.warnings,
  stateAt: connectors.stateAt,
  updatedAt: connectors.updatedAt,
  updatedByName: users.name,
};

const own = (ctx: TenantContext, id: string) => and(eq(connectors.orgId, ctx.org.id), eq(connectors.id, id));

export async function selectConnectors(ctx: TenantContext, id?: string): Promise<Connector[]> {
  const rows = await ctx.db
    .select(visible)
    .from(connectors)
    .leftJoin(users, eq(users.id, connectors.updatedBy))
    .where(id ? own(ctx, id) : eq(connectors.orgId, ctx.org.id))
    .orderBy(asc(connectors.name))
    .limit(500);
  const uses = await selectUses(ctx);
  return rows.map((row) => ({ ...row, usedBy: uses.filter(({ connector }) => connector === row.name) }));
}

/** Agents that have a connector in their draft or in what is published. */
const selectUses = (ctx: TenantContext) =>
  ctx.db.execute<{ connector: string; agentId: string; name: string; alias: string; access: string }>(sql`
    select distinct on (a.name, a.id, c->>'alias') c->>'connector' as connector, a.id as "agentId", a.name, c->>'alias' as alias, c->>'access' as access
    from agents a left join agent_versions v on v.org_id = a.org_id and v.agent_id = a.id and v.version = a.published_version,
      jsonb_array_elements(coalesce(a.draft->'connectors', '[]') || coalesce(v.spec->'connectors', '[]')) c
    where a.org_id = ${ctx.org.id} and a.status <> 'archived' order by a.name, a.id, c->>'alias' limit 1000`);

export const selectNames = (ctx: TenantContext) =>
  ctx.db
    .select({
      name: connectors.name,
      kind: connectors.kind,
      access: connectors.access,
      description: connectors.description,
      state: connectors.state,
    })
    .from(connectors)
    .where(eq(connectors.orgId, ctx.org.id))
    .orderBy(asc(connectors.name))
    .limit(500);

export async function countConnectors(ctx: TenantContext): Promise<number> {
  const [row] = await ctx.db.select({ many: count() }).from(connectors).where(eq(connectors.orgId, ctx.org.id));
  return row?.many ?? 0;
}

/** @throws NotFound */
export async function getStored(ctx: TenantContext, id: string): Promise<StoredConnector> {
  const [row] = await ctx.db.select().from(connectors).where(own(ctx, id));
  if (!row) throw new NotFound('connector');
  return row;
}

export async function findNamed(ctx: TenantContext, name: string): Promise<StoredConnector | undefined> {
  const [row] = await ctx.db
    .select()
    .from(connectors)
    .where(and(eq(connectors.orgId, ctx.org.id), eq(connectors.name, name)));
  return row;
}

type Written = Pick<StoredConnector, 'description' | 'access' | 'settings' | 'encryptedCredentials'>;

/** False when the name is taken. */
export async function insertConnector(
  ctx: TenantContext,
  row: Written & Pick<StoredConnector, 'id' | 'name' | 'kind'>,
): Promise<boolean> {
  const by = { createdBy: ctx.actor.id, updatedBy: ctx.actor.id };
  const rows = await ctx.db
    .insert(connectors)
    .values({ ...row, ...by, orgId: ctx.org.id })
    .onConflictDoNothing()
    .returning({ id: connectors.id });
  return rows.length > 0;
}

export async function updateConnector(ctx: TenantContext, id: string, change: Written): Promise<void> {
  const untested = { state: 'untested', stateMessage: '', warnings: [], stateAt: null } as const;
  await ctx.db
    .update(connectors)
    .set({ ...change, ...untested, warnings: [], updatedBy: ctx.actor.id, updatedAt: sql`now()` })
    .where(own(ctx, id));
}

/** Notes how a test or a use ended; a use says nothing of warnings. */
export async function updateState(
  ctx: TenantContext,
  id: string,
  now: { state: ConnectorState; stateMessage: string; warnings?: string[] },
): Promise<void> {
  await ctx.db
    .update(connectors)
    .set({ ...now, stateAt: sql`now()` })
    .where(own(ctx, id));
}

export async function deleteConnector(ctx: TenantContext, id: string): Promise<{ name: string } | undefined> {
  const [row] = await ctx.db.delete(connectors).where(own(ctx, id)).returning({ name: connectors.name });
  return row;
}
