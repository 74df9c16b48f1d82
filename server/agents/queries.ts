import { and, arrayContains, desc, eq, ilike, inArray, lt, ne, or, sql } from 'drizzle-orm';
import { agents, agentVersions } from '@/db/schema/agents';
import { workspaces } from '@/db/schema/organizations';
import { partials } from '@/db/schema/partials';
import { users } from '@/db/schema/users';
import type {
  Agent,
  AgentSpec,
  AgentSummary,
  AgentVersion,
  AgentVersionSummary,
  AgentVisibility,
  FrozenSpec,
  ListAgentsInput,
  ListVersionsInput,
  SaveDraftInput,
  TagCount,
} from '@/lib/contracts/agents';
import type { PageOf } from '@/lib/contracts/paging';
import { modelLabel } from '@/lib/contracts/routing';
import type { TenantContext } from '../context';
import { Invalid, NotFound } from '../errors';
import { formatTimeCursor, likeAnywhere, timeCursor, toPage } from '../paging';

/** A route is an object in the document. */
const labelOf = (text: string): string => (text.startsWith('{') ? modelLabel(JSON.parse(text)) : text);

/** What is published has of partials that have another text now, or none. */
const outdated = sql`select frozen.key from jsonb_each_text(${agentVersions.spec}->'partials') frozen
  left join ${partials} on ${partials.orgId} = ${agents.orgId} and ${partials.name} = frozen.key
  where ${partials.text} is distinct from frozen.value`;

const summary = {
  id: agents.id,
  workspaceId: agents.workspaceId,
  name: agents.name,
  description: agents.description,
  tags: agents.tags,
  status: agents.status,
  model: sql<string>`${agents.draft}->>'model'`.mapWith(labelOf),
  publishedVersion: agents.publishedVersion,
  visibility: agents.visibility,
  hasPublicLink: sql<boolean>`${agents.status} = 'active' and ${agents.visibility} <> 'private' and exists (
    select from public_links l where l.org_id = ${agents.orgId} and l.agent_id = ${agents.id} and l.enabled
      and (l.expires_at is null or l.expires_at > now()))`,
  unpublishedChanges: sql<boolean>`${agents.publishedVersion} is null
    or ${agents.draft} is distinct from ${agentVersions.spec} - 'partials'::text or exists (${outdated})`,
  createdAt: agents.createdAt,
  updatedAt: agents.updatedAt,
};

const ofAgent = and(eq(agentVersions.orgId, agents.orgId), eq(agentVersions.agentId, agents.id));
const published = and(ofAgent, eq(agentVersions.version, agents.publishedVersion));

const own = (ctx: TenantContext, agentId: string) => and(eq(agents.orgId, ctx.org.id), eq(agents.id, agentId));

/** @throws NotFound */
export async function getAgent(ctx: TenantContext, agentId: string): Promise<Agent> {
  const [row] = await ctx.db
    .select({
      ...summary,
      draft: agents.draft,
      draftRevision: agents.draftRevision,
      changedPartials: sql<string[]>`array(${outdated} order by frozen.key)`,
    })
    .from(agents)
    .leftJoin(agentVersions, published)
    .where(own(ctx, agentId));
  if (!row) throw new NotFound('agent');
  return row;
}

/** As `getAgent`; nobody else can change the agent until the transaction ends. */
export async function lockAgent(ctx: TenantContext, agentId: string): Promise<Agent> {
  await ctx.db.select({ id: agents.id }).from(agents).where(own(ctx, agentId)).for('update');
  return getAgent(ctx, agentId);
}

export async function selectAgents(ctx: TenantContext, input: ListAgentsInput): Promise<PageOf<AgentSummary>> {
  const after = timeCursor(input.cursor);
  const pattern = likeAnywhere(input.query.trim());
  const rows = await ctx.db
    .select(summary)
    .from(agents)
    .leftJoin(agentVersions, published)
    .where(
      and(
        eq(agents.orgId, ctx.org.id),
        inArray(agents.status, input.status),
        input.workspaceId
          ? or(eq(agents.workspaceId, input.workspaceId), eq(agents.visibility, 'organization'))
          : undefined,
        input.tags?.length ? arrayContains(agents.tags, input.tags) : undefined,
        input.query.trim()
          ? or(
              ilike(agents.name, pattern),
              ilike(agents.description, pattern),
              sql`exists (select from unnest(${agents.tags}) tag where tag ilike ${pattern})`,
            )
          : undefined,
        after
          ? or(lt(agents.updatedAt, after.time), and(eq(agents.updatedAt, after.time), lt(agents.id, after.id)))
          : undefined,
      ),
    )
    .orderBy(desc(agents.updatedAt), desc(agents.id))
    .limit(input.limit + 1);
  return toPage(rows, input.limit, (row) => formatTimeCursor(row.updatedAt, row.id));
}

/** Agents in use of exactly this name, at most two: more than one is as good as many. */
export const selectNamed = (ctx: TenantContext, workspaceId: string, name: string) =>
  ctx.db
    .select({
      id: agents.id,
      name: agents.name,
      description: agents.description,
      tags: agents.tags,
      draft: agents.draft,
    })
    .from(agents)
    .where(
      and(
        eq(agents.orgId, ctx.org.id),
        eq(agents.workspaceId, workspaceId),
        eq(agents.name, name),
        ne(agents.status, 'archived'),
      ),
    )
    .limit(2);

/** The workspace to put something in: the one named, or the first. @throws Invalid when it is not the organization's. */
export async function getWorkspaceId(ctx: TenantContext, wanted: string | undefined): Promise<string> {
  const [row] = await ctx.db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(eq(workspaces.orgId, ctx.org.id), wanted ? eq(workspaces.id, wanted) : undefined))
    .orderBy(workspaces.id)
    .limit(1);
  if (!row) throw new Invalid('There is no such workspace.', { fields: { workspaceId: 'not found' } });
  return row.id;
}

export async function insertAgent(
  ctx: TenantContext,
  values: {
    id: string;
    workspaceId: string;
    name: string;
    description: string;
    tags: string[];
    draft: AgentSpec;
    visibility?: AgentVisibility;
  },
): Promise<void> {
  const { org, actor } = ctx;
  const ownerId = actor.type === 'user' ? actor.id : null;
  await ctx.db.insert(agents).values({ orgId: org.id, createdBy: actor.id, ownerId, ...values });
}

/** Writes the draft if it still is at the revision it was edited from; undefined when it is not, or there is none. */
export async function updateDraft(
  ctx: TenantContext,
  input: SaveDraftInput,
): Promise<{ draftRevision: number; updatedAt: Date } | undefined> {
  const { agentId, revision, name, description, tags, spec } = input;
  const [row] = await ctx.db
    .update(agents)
    .set({ name, description, tags, draft: spec, draftRevision: revision + 1, updatedAt: sql`now()` })
    .where(and(own(ctx, agentId), eq(agents.draftRevision, revision)))
    .returning({ draftRevision: agents.draftRevision, updatedAt: agents.updatedAt });
  return row;
}

/** Replaces the draft whatever its revision, for a rollback. */
export async function replaceDraft(ctx: TenantContext, agentId: string, spec: AgentSpec): Promise<void> {
  await ctx.db
    .update(agents)
    .set({ draft: spec, draftRevision: sql`${agents.draftRevision} + 1`, updatedAt: sql`now()` })
    .where(own(ctx, agentId));
}

/** Changes tags without touching when the agent was changed; an open editor is told by the revision. */
export async function updateTags(ctx: TenantContext, agentId: string, tags: string[]): Promise<void> {
  await ctx.db
    .update(agents)
    .set({ tags, draftRevision: sql`${agents.draftRevision} + 1` })
    .where(own(ctx, agentId));
}

/** @returns how many agents had it. */
export async function replaceTag(ctx: TenantContext, from: string, to: string): Promise<number> {
  const rows = await ctx.db
    .update(agents)
    .set({
      tags: sql`case when ${to} = any(${agents.tags}) then array_remove(${agents.tags}, ${from})
        else array_replace(${agents.tags}, ${from}, ${to}) end`,
      draftRevision: sql`${agents.draftRevision} + 1`,
    })
    .where(and(eq(agents.orgId, ctx.org.id), arrayContains(agents.tags, [from])))
    .returning({ id: agents.id });
  return rows.length;
}

/** The most used tags of agents in use. */
export async function selectTags(ctx: TenantContext): Promise<TagCount[]> {
  const count = sql<number>`count(*)::int`;
  return ctx.db
    .select({ tag: sql<string>`tag`, count })
    .from(sql`${agents}, unnest(${agents.tags}) tag`)
    .where(and(eq(agents.orgId, ctx.org.id), ne(agents.status, 'archived')))
    .groupBy(sql`tag`)
    .orderBy(desc(count), sql`tag`)
    .limit(200);
}

/** Whose it is. @throws NotFound */
export async function getOwner(ctx: TenantContext, agentId: string) {
  const [row] = await ctx.db
    .select({ visibility: agents.visibility, ownerId: agents.ownerId, ownerName: users.name })
    .from(agents)
    .leftJoin(users, eq(users.id, agents.ownerId))
    .where(own(ctx, agentId));
  if (!row) throw new NotFound('agent');
  return row;
}

export async function updateAccess(
  ctx: TenantContext,
  agentId: string,
  access: { visibility?: AgentVisibility; ownerId?: string },
): Promise<void> {
  await ctx.db.update(agents).set(access).where(own(ctx, agentId));
}

export async function updateStatus(ctx: TenantContext, agentId: string, status: Agent['status']): Promise<void> {
  await ctx.db
    .update(agents)
    .set({ status, archivedAt: status === 'archived' ? sql`now()` : null, updatedAt: sql`now()` })
    .where(own(ctx, agentId));
}

/** Freezes a spec as the next version and makes it the published one. */
export async function insertVersion(
  ctx: TenantContext,
  values: { agentId: string; version: number; spec: FrozenSpec; contentHash: string; note: string },
): Promise<void> {
  await ctx.db.insert(agentVersions).values({ orgId: ctx.org.id, createdBy: ctx.actor.id, ...values });
  await ctx.db
    .update(agents)
    .set({ publishedVersion: values.version, status: 'active', updatedAt: sql`now()` })
    .where(own(ctx, values.agentId));
}

export async function findLastVersion(ctx: TenantContext, agentId: string): Promise<number> {
  const [row] = await ctx.db
    .select({ version: agentVersions.version })
    .from(agentVersions)
    .where(and(eq(agentVersions.orgId, ctx.org.id), eq(agentVersions.agentId, agentId)))
    .orderBy(desc(agentVersions.version))
    .limit(1);
  return row?.version ?? 0;
}

const versionSummary = {
  version: agentVersions.version,
  note: agentVersions.note,
  contentHash: agentVersions.contentHash,
  createdBy: agentVersions.createdBy,
  createdByName: users.name,
  createdAt: agentVersions.createdAt,
};

export async function selectVersions(
  ctx: TenantContext,
  input: ListVersionsInput,
): Promise<PageOf<AgentVersionSummary>> {
  const rows = await ctx.db
    .select(versionSummary)
    .from(agentVersions)
    .leftJoin(users, eq(users.id, agentVersions.createdBy))
    .where(
      and(
        eq(agentVersions.orgId, ctx.org.id),
        eq(agentVersions.agentId, input.agentId),
        input.cursor ? lt(agentVersions.version, versionCursor(input.cursor)) : undefined,
      ),
    )
    .orderBy(desc(agentVersions.version))
    .limit(input.limit + 1);
  return toPage(rows, input.limit, (row) => String(row.version));
}

function versionCursor(cursor: string): number {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new Invalid('The cursor is not one of ours: pass `nextCursor` of the page before, unchanged.', {
    fields: { cursor: 'not a cursor' },
  });
}

/** @throws NotFound */
export async function getVersion(ctx: TenantContext, agentId: string, version: number): Promise<AgentVersion> {
  const [row] = await ctx.db
    .select({ ...versionSummary, spec: agentVersions.spec })
    .from(agentVersions)
    .leftJoin(users, eq(users.id, agentVersions.createdBy))
    .where(
      and(eq(agentVersions.orgId, ctx.org.id), eq(agentVersions.agentId, agentId), eq(agentVersions.version, version)),
    );
  if (!row) throw new NotFound('version');
  return row;
}

/** What a run of the agent would freeze; `spec` is null where there is no such version. @throws NotFound for no agent */
export async function getSpec(ctx: TenantContext, agentId: string, wanted: 'draft' | number | undefined) {
  const fields = { status: agents.status, workspaceId: agents.workspaceId };
  if (wanted === 'draft') {
    const [row] = await ctx.db
      .select({ ...fields, version: sql<null>`null`, spec: agents.draft })
      .from(agents)
      .where(own(ctx, agentId));
    if (!row) throw new NotFound('agent');
    return row;
  }
  const chosen = wanted === undefined ? published : and(ofAgent, eq(agentVersions.version, wanted));
  const [row] = await ctx.db
    .select({ ...fields, version: agentVersions.version, spec: agentVersions.spec })
    .from(agents)
    .leftJoin(agentVersions, chosen)
    .where(own(ctx, agentId));
  if (!row) throw new NotFound('agent');
  return row;
}
