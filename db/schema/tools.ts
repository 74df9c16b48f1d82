import { boolean, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { ApprovalMode } from '@/lib/contracts/approvals';
import type { ToolOrigin } from '@/lib/contracts/openapi';
import type { ToolAction, ToolParameter } from '@/lib/contracts/tools';
import { createdAt, id, orgId, tenantPolicy, updatedAt } from '../columns';
import { organizations } from './organizations';

/** A tool that people of the organization made; its secrets are named in it, never written. */
export const customTools = pgTable(
  'custom_tools',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    name: text('name').notNull(),
    label: text('label').notNull(),
    /** Read by models. */
    description: text('description').notNull(),
    parameters: jsonb('parameters').$type<ToolParameter[]>().notNull(),
    action: jsonb('action').$type<ToolAction>().notNull(),
    timeoutSeconds: integer('timeout_seconds').notNull(),
    retries: integer('retries').notNull(),
    approval: text('approval').$type<ApprovalMode>().notNull(),
    enabled: boolean('enabled').notNull(),
    /** Of a tool that was imported. */
    origin: jsonb('origin').$type<ToolOrigin>(),
    revision: integer('revision').notNull().default(1),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: updatedAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('custom_tools_name_key').on(t.orgId, t.name),
    tenantPolicy(),
  ],
);
