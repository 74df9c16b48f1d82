import { index, jsonb, pgSchema, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { JsonValue } from '@/lib/contracts/json';
import { createdAt, id, instant, orgId, tenantPolicy } from '../columns';
import { organizations } from './organizations';

/** Who did what to what; append-only for the application's role. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    resourceType: text('resource_type').notNull(),
    resourceId: text('resource_id').notNull(),
    before: jsonb('before').$type<JsonValue>(),
    after: jsonb('after').$type<JsonValue>(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: text('request_id'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    index('audit_entries_by_resource').on(t.orgId, t.resourceType, t.resourceId, t.id.desc()),
    tenantPolicy(),
  ],
);

/** What a request with an `Idempotency-Key` made, so that the same request again finds it instead of making another. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    /** Who sent the key, so that two clients may choose the same one. */
    actorId: uuid('actor_id').notNull(),
    key: text('key').notNull(),
    /** SHA-256 of method, path and body: the same key with another request is refused. */
    requestHash: text('request_hash').notNull(),
    resourceId: uuid('resource_id').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.actorId, t.key] }), tenantPolicy()],
);

/** Tables of the system itself, closed to the tenant role but for what `tenancy.sql` grants. */
export const system = pgSchema('system');

/** The id of every organization and nothing more: a job that goes from one to the next has to know which there are. */
export const everyOrganization = system.table('organizations', { id: uuid('id').notNull() }, (t) => [
  primaryKey({ columns: [t.id] }),
]);

/** Events written in the transaction that caused them, sent after it; what a crash left is sent by a job. */
export const outbox = system.table(
  'outbox',
  {
    id: id(),
    name: text('name').notNull(),
    data: jsonb('data').$type<JsonValue>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.id] }), index('outbox_oldest').on(t.createdAt)],
);
