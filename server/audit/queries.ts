import { and, desc, eq, ilike, lt, or, sql } from 'drizzle-orm';
import type { Row } from 'postgres';
import { newId } from '@/db/columns';
import { auditEntries } from '@/db/schema/governance';
import { apiKeys } from '@/db/schema/organizations';
import { users } from '@/db/schema/users';
import type { Statement } from '@/db/transaction';
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

/** Whole as it is; followed by a `from`, a part of the statement that does what the actor did. */
export function auditEntry({ sql, org, actor, request }: TenantContext, fact: AuditFact): Statement<Row> {
  const json = (value: JsonValue | undefined) => (value === undefined ? null : JSON.stringify(value));
  return sql`
    insert into audit_entries (org_id, id, actor_type, actor_id, action, resource_type, resource_id, before, after, ip, user_agent, request_id)
    select ${org.id}::uuid, ${newId()}::uuid, ${actor.type}, ${actor.id}, ${fact.action}, ${fact.resourceType}, ${fact.resourceId},
      ${json(fact.before)}::jsonb, ${json(fact.after)}::jsonb, ${request?.ip ?? null}, ${request?.userAgent ?? null}, ${request?.id ?? null}`;
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
