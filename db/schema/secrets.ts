import { foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, instant, orgId, tenantPolicy, updatedAt } from '../columns';
import { organizations, workspaces } from './organizations';
import { runs } from './runs';

/** The organization's data keys, wrapped by the master key. The highest version encrypts; the others still open what they did. */
export const dataKeys = pgTable(
  'data_keys',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    wrappedKey: text('wrapped_key').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    /** When everything that older keys had encrypted was encrypted with this one. */
    completedAt: instant('completed_at'),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.version] }), tenantPolicy()],
);

/** A value written once and read by nobody but the tools that name it; of the organization, or of one workspace, which wins. */
export const secrets = pgTable(
  'secrets',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    workspaceId: uuid('workspace_id'),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    encryptedValue: text('encrypted_value').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    /** Who wrote the value that is there now. */
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: updatedAt(),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('secrets_name_key').on(t.orgId, t.name, t.workspaceId).nullsNotDistinct(),
    foreignKey({ columns: [t.orgId, t.workspaceId], foreignColumns: [workspaces.orgId, workspaces.id] }).onDelete(
      'cascade',
    ),
    tenantPolicy(),
  ],
);

/** That a run used a secret: once for each, so that the audit trail says it once. */
export const secretUses = pgTable(
  'secret_uses',
  {
    orgId: orgId(),
    runId: uuid('run_id').notNull(),
    secretId: uuid('secret_id').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.runId, t.secretId] }),
    foreignKey({ columns: [t.orgId, t.runId], foreignColumns: [runs.orgId, runs.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.orgId, t.secretId], foreignColumns: [secrets.orgId, secrets.id] }).onDelete('cascade'),
    index('secret_uses_by_secret').on(t.orgId, t.secretId),
    tenantPolicy(),
  ],
);
