import { jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { AzureSettings } from '@/lib/contracts/models';
import { createdAt, id, orgId, tenantPolicy } from '../columns';
import { organizations } from './organizations';

/** A key for a model provider, encrypted; never leaves the server. */
export const modelCredentials = pgTable(
  'model_credentials',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    provider: text('provider').notNull(),
    baseUrl: text('base_url'),
    settings: jsonb('settings').$type<AzureSettings>().notNull().default({}),
    encryptedKey: text('encrypted_key').notNull(),
    hint: text('hint').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('model_credentials_provider_key').on(t.orgId, t.provider),
    tenantPolicy(),
  ],
);
