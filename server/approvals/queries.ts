import { and, asc, desc, eq, gt, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { agents } from '@/db/schema/agents';
import { approvals } from '@/db/schema/approvals';
import { apiKeys, memberships, organizations } from '@/db/schema/organizations';
import { runs } from '@/db/schema/runs';
import { users } from '@/db/schema/users';
import type { Approval, ApprovalStatus, Decider, ListApprovalsInput } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import type { PageOf } from '@/lib/contracts/paging';
import { isGranted, ROLE_PERMISSIONS, ROLES } from '@/lib/permissions';
import type { TenantContext } from '../context';
import { NotFound } from '../errors';
import { idCursor, toPage } from '../paging';

const starters = alias(users, 'starters');
const starterKeys = alias(apiKeys, 'starter_keys');

/** The person behind whoever acts: themselves, or who made the key. */
function personOf({ actor, org }: TenantContext): SQL {
  if (actor.type === 'user') return sql`${actor.id}::uuid`;
  if (actor.type !== 'apiKey') return sql`null::uuid`;
  return sql`(select created_by from api_keys where org_id = ${org.id} and id = ${actor.id})`;
}

const isDecidable = and(eq(approvals.status, 'open'), gt(approvals.expiresAt, sql`now()`));

/** Still to be decided, and by this person. */
const isUpTo = (ctx: TenantContext, person: SQL): SQL | undefined =>
  and(
    isDecidable,
    or(eq(approvals.notByStarter, false), sql`${approvals.startedBy} is distinct from ${person}`),
    or(
      isNull(approvals.deciderType),
      and(eq(approvals.deciderType, 'member'), sql`${approvals.decider} = ${person}::text`),
      and(
        eq(approvals.deciderType, 'role'),
        sql`exists (select from ${memberships} m where m.org_id = ${ctx.org.id} and m.user_id = ${person}
          and (m.role = ${approvals.decider} or m.role = 'org_owner'))`,
      ),
    ),
  );

const mayDecide = (ctx: TenantContext): SQL<boolean> =>
  isGranted(ctx.permissions, 'approvals:answer')
    ? sql<boolean>`coalesce(${isUpTo(ctx, personOf(ctx))}, false)`
    : sql<boolean>`false`;

async function select(ctx: TenantContext, where: SQL | undefined, order: SQL, limit: number): Promise<Approval[]> {
  const rows = await ctx.db
    .select({
      approval: approvals,
      agentName: agents.name,
      runInput: runs.inputPreview,
      startedByName: sql<
        string | null
      >`coalesce(${starters.name}, ${starterKeys.name}, case ${runs.actorType} when 'link' then 'A visitor' end)`,
      costMicros: runs.costMicros,
      decidedByName: sql<string | null>`coalesce(${users.name}, ${apiKeys.name})`,
      mayDecide: mayDecide(ctx),
    })
    .from(approvals)
    .innerJoin(runs, and(eq(runs.orgId, approvals.orgId), eq(runs.id, approvals.runId)))
    .innerJoin(agents, and(eq(agents.orgId, runs.orgId), eq(agents.id, runs.agentId)))
    .leftJoin(users, eq(users.id, approvals.decidedBy))
    .leftJoin(apiKeys, and(eq(apiKeys.orgId, approvals.orgId), eq(apiKeys.id, approvals.decidedBy)))
    .leftJoin(starters, eq(starters.id, runs.actorId))
    .leftJoin(starterKeys, and(eq(starterKeys.orgId, runs.orgId), eq(starterKeys.id, runs.actorId)))
    .where(and(eq(approvals.orgId, ctx.org.id), where))
    .orderBy(order)
    .limit(limit);
  return rows.map(({ approval: { orgId, startedBy, decidedBy, deciderType, decider, ...approval }, ...names }) => ({
    ...approval,
    ...names,
    decider: deciderType === null ? null : ({ type: deciderType, ...ofDecider(deciderType, decider) } as Decider),
  }));
}

const ofDecider = (type: Decider['type'], value: string | null) =>
  type === 'role' ? { role: value } : { userId: value };

/** What a run asked of people, in order. */
export const selectApprovals = (ctx: TenantContext, runId: string): Promise<Approval[]> =>
  select(ctx, eq(approvals.runId, runId), asc(approvals.id), 500);

export async function selectInbox(
  ctx: TenantContext,
  { state, agentId, cursor, limit }: ListApprovalsInput,
): Promise<PageOf<Approval>> {
  const from = idCursor(cursor);
  const isOpen = state === 'open';
  const beyond = isOpen ? gt : lt;
  const where = and(
    isOpen ? isDecidable : or(ne(approvals.status, 'open'), sql`${approvals.expiresAt} <= now()`),
    agentId ? eq(approvals.agentId, agentId) : undefined,
    from ? beyond(approvals.id, from) : undefined,
  );
  const rows = await select(ctx, where, isOpen ? asc(approvals.id) : desc(approvals.id), limit + 1);
  return toPage(rows, limit, ({ id }) => id);
}

/** How many this person may decide now; counts to 100. */
export async function countMine(ctx: TenantContext): Promise<number> {
  if (!isGranted(ctx.permissions, 'approvals:answer')) return 0;
  const rows = await ctx.db
    .select({ id: approvals.id })
    .from(approvals)
    .where(and(eq(approvals.orgId, ctx.org.id), isUpTo(ctx, personOf(ctx))))
    .limit(100);
  return rows.length;
}

/** @throws NotFound */
export async function getApproval(ctx: TenantContext, id: string): Promise<Approval> {
  const [row] = await select(ctx, eq(approvals.id, id), asc(approvals.id), 1);
  if (!row) throw new NotFound('approval');
  return row;
}

export async function findApproval(ctx: TenantContext, runId: string, stepKey: string): Promise<Approval | undefined> {
  const [row] = await select(
    ctx,
    and(eq(approvals.runId, runId), eq(approvals.stepKey, stepKey)),
    asc(approvals.id),
    1,
  );
  return row;
}

export type NewApproval = Pick<
  typeof approvals.$inferInsert,
  | 'runId'
  | 'stepKey'
  | 'kind'
  | 'tool'
  | 'toolDescription'
  | 'question'
  | 'said'
  | 'isTainted'
  | 'taintedBy'
  | 'step'
  | 'expiresAt'
> & { proposed: JsonValue; decider: Decider | undefined; notByStarter: boolean };

/** Opens an approval once: a step that is tried again finds the same one. @returns its id when it is new. */
export async function insertApproval(
  ctx: TenantContext,
  { decider, ...values }: NewApproval,
): Promise<string | undefined> {
  const run = sql`from runs r where r.org_id = ${ctx.org.id} and r.id = ${values.runId}`;
  const [row] = await ctx.db
    .insert(approvals)
    .values({
      ...values,
      orgId: ctx.org.id,
      agentId: sql`(select r.agent_id ${run})`,
      startedBy: sql`(select coalesce((select k.created_by from api_keys k
        where r.actor_type = 'apiKey' and k.org_id = r.org_id and k.id = r.actor_id), r.actor_id) ${run})`,
      deciderType: decider?.type,
      decider: decider && (decider.type === 'role' ? decider.role : decider.userId),
    })
    .onConflictDoNothing()
    .returning({ id: approvals.id });
  return row?.id;
}

/** Writes a decision on what is still open and in time. @returns false when it is not. */
export async function updateDecision(
  ctx: TenantContext,
  id: string,
  decision: {
    status: Extract<ApprovalStatus, 'answered' | 'approved' | 'denied'>;
    answer?: string;
    reason?: string;
    edited?: JsonValue;
  },
): Promise<boolean> {
  const rows = await ctx.db
    .update(approvals)
    .set({ ...decision, decidedBy: ctx.actor.id, decidedAt: sql`now()` })
    .where(and(eq(approvals.orgId, ctx.org.id), eq(approvals.id, id), isDecidable))
    .returning({ id: approvals.id });
  return rows.length > 0;
}

/** Closes what nobody decided in time. @returns false when somebody did, or it is closed. */
export async function expireApproval(ctx: TenantContext, runId: string, stepKey: string): Promise<boolean> {
  const rows = await ctx.db
    .update(approvals)
    .set({ status: 'expired' })
    .where(
      and(
        eq(approvals.orgId, ctx.org.id),
        eq(approvals.runId, runId),
        eq(approvals.stepKey, stepKey),
        eq(approvals.status, 'open'),
      ),
    )
    .returning({ id: approvals.id });
  return rows.length > 0;
}

/** The slug of the organization: a job does not know it. */
export async function findSlug(ctx: TenantContext): Promise<string> {
  const [row] = await ctx.db
    .select({ slug: organizations.slug })
    .from(organizations)
    .where(eq(organizations.id, ctx.org.id));
  return row?.slug ?? '';
}

/** Of a member: sees the agent of the run and those above it. A job that asks sees all. */
const seesAgents = sql`(${memberships.role} in ${ROLES.filter((role) => ROLE_PERMISSIONS[role].includes('agents:read-private'))}
  or not exists (select from ${agents} where ${agents.orgId} = ${runs.orgId} and ${agents.id} = any(${runs.agentId} || ${runs.above})
    and ${agents.visibility} = 'private' and ${agents.ownerId} is distinct from ${memberships.userId}))`;

/** Addresses of members who may decide an approval, in the order they joined. */
export async function selectDeciders(ctx: TenantContext, id: string, limit: number): Promise<string[]> {
  const deciding = ROLES.filter((role) => ROLE_PERMISSIONS[role].includes('approvals:answer'));
  const rows = await ctx.db
    .select({ email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(approvals, and(eq(approvals.orgId, memberships.orgId), eq(approvals.id, id)))
    .innerJoin(runs, and(eq(runs.orgId, approvals.orgId), eq(runs.id, approvals.runId)))
    .where(
      and(
        eq(memberships.orgId, ctx.org.id),
        or(...deciding.map((role) => eq(memberships.role, role))),
        isUpTo(ctx, sql`${memberships.userId}`),
        seesAgents,
      ),
    )
    .orderBy(asc(memberships.createdAt), asc(memberships.userId))
    .limit(limit);
  return rows.map(({ email }) => email);
}
