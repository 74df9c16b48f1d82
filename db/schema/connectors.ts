import { jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { ConnectorAccess, ConnectorKind, ConnectorState } from '@/lib/contracts/connectors';
import { createdAt, id, instant, orgId, tenantPolicy, updatedAt } from '../columns';
import { organizations } from './organizations';

/** A system of the organization that agents may be given. */
export const connectors = pgTable(
  'connectors',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    name: text('name').notNull(),
    kind: text('kind').$type<ConnectorKind>().notNull(),
    description: text('description').notNull().default(''),
    /** The most an agent may be given. */
    access: text('access').$type<ConnectorAccess>().notNull(),
    /** Where it is; what is secret is in `encrypted_credentials`, as JSON. */
    settings: jsonb('settings').$type<Record<string, string | number>>().notNull(),
    encryptedCredentials: text('encrypted_credentials').notNull(),
    /** How the last test or use ended. */
    state: text('state').$type<ConnectorState>().notNull().default('untested'),
    stateMessage: text('state_message').notNull().default(''),
    warnings: text('warnings').array().notNull().default([]),
    stateAt: instant('state_at'),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: updatedAt(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), unique('connectors_name_key').on(t.orgId, t.name), tenantPolicy()],
);
