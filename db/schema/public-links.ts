import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, instant, orgId, tenantPolicy } from '../columns';
import { agents } from './agents';
import { runs } from './runs';

/** An address at which anybody talks to an agent. One an agent: a new address takes the place of the one before. */
export const publicLinks = pgTable(
  'public_links',
  {
    orgId: orgId(),
    /** Who acts in runs of its visitors, and what its daily budget is of; stays when the address changes. */
    id: id(),
    agentId: uuid('agent_id').notNull(),
    /** The token itself is never stored, only its SHA-256. */
    tokenHash: text('token_hash').notNull(),
    /** The end of the token, to tell addresses apart. */
    hint: text('hint').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    expiresAt: instant('expires_at'),
    conversationsPerHour: integer('conversations_per_hour'),
    messagesPerHour: integer('messages_per_hour'),
    createdBy: uuid('created_by').notNull(),
    /** When its address was made. */
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    foreignKey({ columns: [t.orgId, t.agentId], foreignColumns: [agents.orgId, agents.id] }).onDelete('cascade'),
    unique('public_links_agent_key').on(t.orgId, t.agentId),
    unique('public_links_token_hash_key').on(t.orgId, t.tokenHash),
    tenantPolicy(),
  ],
);

/** Which visitor of which link a run answers. */
export const visitorMessages = pgTable(
  'visitor_messages',
  {
    orgId: orgId(),
    runId: uuid('run_id').notNull(),
    linkId: uuid('link_id').notNull(),
    /** In the visitor's signed cookie, and nowhere else. */
    visitorId: uuid('visitor_id').notNull(),
    /** The first run of the conversation. */
    conversationId: uuid('conversation_id').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.runId] }),
    foreignKey({ columns: [t.orgId, t.runId], foreignColumns: [runs.orgId, runs.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.orgId, t.linkId], foreignColumns: [publicLinks.orgId, publicLinks.id] }).onDelete(
      'cascade',
    ),
    index('visitor_messages_by_time').on(t.orgId, t.linkId, t.createdAt),
    index('visitor_messages_by_visitor').on(t.orgId, t.linkId, t.visitorId, t.runId),
    tenantPolicy(),
  ],
);
