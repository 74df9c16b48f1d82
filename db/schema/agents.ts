import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { AgentSpec, AgentVisibility, FrozenSpec } from '@/lib/contracts/agents';
import { createdAt, id, instant, orgId, tenantPolicy, updatedAt } from '../columns';
import { workspaces } from './organizations';

/** An agent and its draft. Published versions are in `agent_versions`. */
export const agents = pgTable(
  'agents',
  {
    orgId: orgId(),
    id: id(),
    workspaceId: uuid('workspace_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    tags: text('tags').array().notNull().default([]),
    status: text('status').$type<'draft' | 'active' | 'archived'>().notNull().default('draft'),
    draft: jsonb('draft').$type<AgentSpec>().notNull(),
    /** Grows with every save of the draft; a save names the revision it started from. */
    draftRevision: integer('draft_revision').notNull().default(1),
    publishedVersion: integer('published_version'),
    visibility: text('visibility').$type<AgentVisibility>().notNull().default('workspace'),
    /** The person it belongs to, who alone sees it while it is private; null for one that a program made. */
    ownerId: uuid('owner_id'),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    archivedAt: instant('archived_at'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    foreignKey({ columns: [t.orgId, t.workspaceId], foreignColumns: [workspaces.orgId, workspaces.id] }).onDelete(
      'cascade',
    ),
    index('agents_recent').on(t.orgId, t.updatedAt.desc(), t.id.desc()),
    tenantPolicy(),
  ],
);

/** Those of `agents` that are private, and to whom: written by a trigger, read by the policies in `tenancy.sql`. */
export const privateAgents = pgTable(
  'private_agents',
  { orgId: orgId(), agentId: uuid('agent_id').notNull(), ownerId: uuid('owner_id').notNull() },
  (t) => [
    primaryKey({ columns: [t.orgId, t.agentId] }),
    foreignKey({ columns: [t.orgId, t.agentId], foreignColumns: [agents.orgId, agents.id] }).onDelete('cascade'),
    tenantPolicy(),
  ],
);

/** A frozen spec. Never changed; what runs, runs one of these. */
export const agentVersions = pgTable(
  'agent_versions',
  {
    orgId: orgId(),
    agentId: uuid('agent_id').notNull(),
    version: integer('version').notNull(),
    spec: jsonb('spec').$type<FrozenSpec>().notNull(),
    /** SHA-256 of the canonical JSON of the spec. */
    contentHash: text('content_hash').notNull(),
    note: text('note').notNull().default(''),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.agentId, t.version] }),
    foreignKey({ columns: [t.orgId, t.agentId], foreignColumns: [agents.orgId, agents.id] }).onDelete('cascade'),
    tenantPolicy(),
  ],
);
