import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ApprovalMode } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import type { McpAuth, McpServerState, McpToolState, RemoteTool } from '@/lib/contracts/mcp';
import { createdAt, id, instant, orgId, tenantPolicy, updatedAt } from '../columns';
import { organizations } from './organizations';

/** A remote MCP server of the organization; its secrets are named in it, never written. */
export const mcpServers = pgTable(
  'mcp_servers',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    url: text('url').notNull(),
    auth: jsonb('auth').$type<McpAuth>().notNull(),
    timeoutSeconds: integer('timeout_seconds').notNull(),
    /** How the last look at its tools, or the last call, ended. */
    state: text('state').$type<McpServerState>().notNull().default('untested'),
    stateMessage: text('state_message').notNull().default(''),
    /** When somebody last began to look at its tools. */
    checkedAt: instant('checked_at'),
    /** When its tools were first read: those that come later need consent. */
    readAt: instant('read_at'),
    revision: integer('revision').notNull().default(1),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: updatedAt(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), unique('mcp_servers_name_key').on(t.orgId, t.name), tenantPolicy()],
);

/** A tool of such a server, as models are told of it, and beside it what the server says by now. */
export const mcpTools = pgTable(
  'mcp_tools',
  {
    orgId: orgId(),
    id: id(),
    serverId: uuid('server_id').notNull(),
    name: text('name').notNull(),
    remoteName: text('remote_name').notNull(),
    label: text('label').notNull(),
    description: text('description').notNull(),
    inputSchema: jsonb('input_schema').$type<JsonValue>().notNull(),
    readOnly: boolean('read_only').notNull(),
    hash: text('hash').notNull(),
    state: text('state').$type<McpToolState>().notNull(),
    offered: jsonb('offered').$type<RemoteTool>(),
    offeredHash: text('offered_hash'),
    changedAt: instant('changed_at').notNull().defaultNow(),
    enabled: boolean('enabled').notNull().default(true),
    approval: text('approval').$type<ApprovalMode>(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('mcp_tools_name_key').on(t.orgId, t.name),
    index('mcp_tools_server_idx').on(t.orgId, t.serverId),
    foreignKey({ columns: [t.orgId, t.serverId], foreignColumns: [mcpServers.orgId, mcpServers.id] }).onDelete(
      'cascade',
    ),
    tenantPolicy(),
  ],
);
