import { and, eq, sql } from 'drizzle-orm';
import { agents, agentVersions } from '@/db/schema/agents';
import { budgets } from '@/db/schema/ledger';
import { organizations } from '@/db/schema/organizations';
import { publicLinks, visitorMessages } from '@/db/schema/public-links';
import { runPayloads, runs } from '@/db/schema/runs';
import { users } from '@/db/schema/users';
import type { PublicLink } from '@/lib/contracts/public-links';
import type { TenantContext } from '../context';

/** Its time is not over, and its agent is published, in use and not private. */
const isOpen = sql<boolean>`(${publicLinks.enabled} and (${publicLinks.expiresAt} is null or ${publicLinks.expiresAt} > now())
  and ${agents.status} = 'active' and ${agents.visibility} <> 'private')`;

const ofLink = and(eq(agents.orgId, publicLinks.orgId), eq(agents.id, publicLinks.agentId));

export async function findLink(ctx: TenantContext, agentId: string): Promise<PublicLink | undefined> {
  const [row] = await ctx.db
    .select({
      id: publicLinks.id,
      agentId: publicLinks.agentId,
      hint: publicLinks.hint,
      enabled: publicLinks.enabled,
      isOpen,
      expiresAt: publicLinks.expiresAt,
      dailyLimitMicros: budgets.limitMicros,
      conversationsPerHour: publicLinks.conversationsPerHour,
      messagesPerHour: publicLinks.messagesPerHour,
      createdAt: publicLinks.createdAt,
      createdByName: users.name,
    })
    .from(publicLinks)
    .innerJoin(agents, ofLink)
    .leftJoin(users, eq(users.id, publicLinks.createdBy))
    .leftJoin(
      budgets,
      and(eq(budgets.orgId, publicLinks.orgId), eq(budgets.scopeId, publicLinks.id), eq(budgets.period, 'day')),
    )
    .where(and(eq(publicLinks.orgId, ctx.org.id), eq(publicLinks.agentId, agentId)));
  return row && { ...row, ...(await countUse(ctx, row.id)) };
}

async function countUse({ db, org }: TenantContext, linkId: string) {
  const [row] = await db
    .select({
      conversations: sql<number>`count(*) filter (where ${visitorMessages.runId} = ${visitorMessages.conversationId})::int`,
      messages: sql<number>`count(*)::int`,
      lastUsedAt: sql`max(${visitorMessages.createdAt})`.mapWith(visitorMessages.createdAt),
    })
    .from(visitorMessages)
    .where(and(eq(visitorMessages.orgId, org.id), eq(visitorMessages.linkId, linkId)));
  return row ?? { conversations: 0, messages: 0, lastUsedAt: null };
}

type Values = Omit<typeof publicLinks.$inferInsert, 'orgId' | 'createdBy' | 'createdAt'>;

/** One link an agent: a new one takes the place of the one before. */
export async function putLink({ db, org, actor }: TenantContext, values: Values): Promise<void> {
  const { id: _, agentId: __, ...replaced } = { ...values, createdBy: actor.id, enabled: true };
  await db
    .insert(publicLinks)
    .values({ orgId: org.id, createdBy: actor.id, ...values })
    .onConflictDoUpdate({
      target: [publicLinks.orgId, publicLinks.agentId],
      set: { ...replaced, createdAt: sql`now()` },
    });
}

export async function updateLink(
  { db, org }: TenantContext,
  id: string,
  values: Partial<Pick<Values, 'enabled' | 'expiresAt' | 'conversationsPerHour' | 'messagesPerHour'>>,
): Promise<void> {
  if (Object.values(values).every((value) => value === undefined)) return;
  await db
    .update(publicLinks)
    .set(values)
    .where(and(eq(publicLinks.orgId, org.id), eq(publicLinks.id, id)));
}

/** The link of a token, while it opens something, and what its page shows. */
export async function findOpenLink({ db, org }: TenantContext, tokenHash: string) {
  const [row] = await db
    .select({
      id: publicLinks.id,
      agentId: publicLinks.agentId,
      conversationsPerHour: publicLinks.conversationsPerHour,
      messagesPerHour: publicLinks.messagesPerHour,
      name: agents.name,
      description: agents.description,
      organization: organizations.name,
      spec: agentVersions.spec,
    })
    .from(publicLinks)
    .innerJoin(agents, ofLink)
    .innerJoin(organizations, eq(organizations.id, publicLinks.orgId))
    .innerJoin(
      agentVersions,
      and(
        eq(agentVersions.orgId, agents.orgId),
        eq(agentVersions.agentId, agents.id),
        eq(agentVersions.version, agents.publishedVersion),
      ),
    )
    .where(and(eq(publicLinks.orgId, org.id), eq(publicLinks.tokenHash, tokenHash), isOpen));
  return row;
}

/** Visitors of one link begin one after the other, so that its limits count all of them. @returns whether it is still open. */
export async function lockOpenLink({ db, org }: TenantContext, id: string, tokenHash: string): Promise<boolean> {
  const rows = await db
    .select({ id: publicLinks.id })
    .from(publicLinks)
    .innerJoin(agents, ofLink)
    .where(and(eq(publicLinks.orgId, org.id), eq(publicLinks.id, id), eq(publicLinks.tokenHash, tokenHash), isOpen))
    .for('update', { of: publicLinks });
  return rows.length > 0;
}

/** What visitors of a link began in the last hour. */
export async function countHour({ sql: statement, org }: TenantContext, linkId: string) {
  const [row] = await statement<{ conversations: number; messages: number }[]>`
    select count(*) filter (where run_id = conversation_id)::int as conversations, count(*)::int as messages
    from visitor_messages where org_id = ${org.id} and link_id = ${linkId} and created_at > now() - interval '1 hour'`;
  return row ?? { conversations: 0, messages: 0 };
}

export interface Visitor {
  linkId: string;
  visitorId: string;
}

export async function insertMessage(
  { db, org }: TenantContext,
  message: Visitor & { runId: string; conversationId: string },
): Promise<void> {
  await db.insert(visitorMessages).values({ orgId: org.id, ...message });
}

const own = ({ org }: TenantContext, { linkId, visitorId }: Visitor) =>
  and(eq(visitorMessages.orgId, org.id), eq(visitorMessages.linkId, linkId), eq(visitorMessages.visitorId, visitorId));

const ofMessage = and(eq(runs.orgId, visitorMessages.orgId), eq(runs.id, visitorMessages.runId));

/** True for a run of this visitor. */
export async function hasRun(ctx: TenantContext, visitor: Visitor, runId: string): Promise<boolean> {
  const rows = await ctx.db
    .select({ runId: visitorMessages.runId })
    .from(visitorMessages)
    .where(and(own(ctx, visitor), eq(visitorMessages.runId, runId)));
  return rows.length > 0;
}

/** A visitor's conversations, the newest first. */
export const selectConversations = (ctx: TenantContext, visitor: Visitor) =>
  ctx.db
    .select({ id: visitorMessages.runId, title: runs.inputPreview, createdAt: visitorMessages.createdAt })
    .from(visitorMessages)
    .innerJoin(runs, ofMessage)
    .where(and(own(ctx, visitor), eq(visitorMessages.runId, visitorMessages.conversationId)))
    .orderBy(sql`${visitorMessages.runId} desc`)
    .limit(50);

/** What was said in one of them; nothing for one of somebody else. */
export const selectTurns = (ctx: TenantContext, visitor: Visitor, conversationId: string) =>
  ctx.db
    .select({
      runId: runs.id,
      status: runs.status,
      errorCode: runs.errorCode,
      input: runPayloads.input,
      output: runPayloads.output,
    })
    .from(visitorMessages)
    .innerJoin(runs, ofMessage)
    .innerJoin(runPayloads, and(eq(runPayloads.orgId, runs.orgId), eq(runPayloads.runId, runs.id)))
    .where(and(own(ctx, visitor), eq(visitorMessages.conversationId, conversationId)))
    .orderBy(sql`${runs.id} desc`)
    .limit(100);
