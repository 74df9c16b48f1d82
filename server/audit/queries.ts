import { and, desc, eq, ilike, lt, or, sql } from 'drizzle-orm';
import { auditEntries } from '@/db/schema/governance';
import { apiKeys } from '@/db/schema/organizations';
import { users } from '@/db/schema/users';
import type { JsonValue } from '@/lib/contracts/json';
import type { PageOf } from '@/lib/contracts/paging';
import type { AuditEntry, ListAuditInput } from '@/lib/contracts/people';
import type { TenantContext } from '../context';
import { idCursor, likeAnywhere, toPage } from '../paging';

export interface AuditFact {
  /** `agent.create`: resource and verb. */
  action: string;
  resourceType: string;
  resourceId: string;
  before?: JsonValue;
  after?: JsonValue;
}

export async function insertAuditEntry(ctx: TenantContext, fact: AuditFact): Promise<void> {
  await ctx.db.insert(auditEntries).values({
    orgId: ctx.org.id,
    actorType: ctx.actor.type,
    actorId: ctx.actor.id,
    action: fact.action,
    resourceType: fact.resourceType,
    resourceId: fact.resourceId,
    before: fact.before ?? null,
    after: fact.after ?? null,
    ip: ctx.request?.ip ?? null,
    userAgent: ctx.request?.userAgent ?? null,
    requestId: ctx.request?.id ?? null,
  });
}

export async function selectAuditEntries(ctx: TenantContext, input: ListAuditInput): Promise<PageOf<AuditEntry>> {
  const before = idCursor(input.cursor);
  const pattern = likeAnywhere(input.query);
  const rows = await ctx.db
    .select({
      id: auditEntries.id,
      actorType: auditEntries.actorType,
      actorId: auditEntries.actorId,
      actorName: sql<string | null>`coalesce(${users.name}, ${apiKeys.name})`,
      action: auditEntries.action,
      resourceType: auditEntries.resourceType,
      resourceId: auditEntries.resourceId,
      before: auditEntries.before,
      after: auditEntries.after,
      ip: auditEntries.ip,
      userAgent: auditEntries.userAgent,
      requestId: auditEntries.requestId,
      createdAt: auditEntries.createdAt,
    })
    .from(auditEntries)
    .leftJoin(users, eq(sql`${users.id}::text`, auditEntries.actorId))
    .leftJoin(apiKeys, and(eq(apiKeys.orgId, auditEntries.orgId), eq(sql`${apiKeys.id}::text`, auditEntries.actorId)))
    .where(
      and(
        eq(auditEntries.orgId, ctx.org.id),
        before ? lt(auditEntries.id, before) : undefined,
        input.query ? or(ilike(auditEntries.action, pattern), ilike(auditEntries.resourceId, pattern)) : undefined,
      ),
    )
    .orderBy(desc(auditEntries.id))
    .limit(input.limit + 1);
  return toPage(rows, input.limit, (row) => row.id);
}
