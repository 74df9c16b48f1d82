import { bigint, integer, jsonb, pgTable, primaryKey, smallint, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { AzureSettings } from '@/lib/contracts/models';
import type { RunErrorCode } from '@/lib/contracts/runs';
import { createdAt, id, instant, orgId, tenantPolicy, updatedAt } from '../columns';
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

/** What an organization knows better of a model than the price list: its price, its rank. */
export const modelOverrides = pgTable(
  'model_overrides',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    model: text('model').notNull(),
    /** Micro-dollars per million tokens; all three or none. */
    input: bigint('input', { mode: 'number' }),
    cachedInput: bigint('cached_input', { mode: 'number' }),
    output: bigint('output', { mode: 'number' }),
    /** 0 to 100. */
    quality: smallint('quality'),
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: updatedAt(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.model] }), tenantPolicy()],
);

/** How a key of a provider has fared lately. There is a row only where something failed, and none is written by what works. */
export const modelCircuits = pgTable(
  'model_circuits',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    provider: text('provider').notNull(),
    /** Whose key: `organization` or `server`. */
    source: text('source').notNull(),
    /** One after the other, without a success between. */
    failures: integer('failures').notNull().default(0),
    /** How often in a row it opened. */
    openings: integer('openings').notNull().default(0),
    /** Open until then, half-open after it; null: closed. */
    openUntil: instant('open_until'),
    /** Half-open: somebody is seeing whether it works again, and has until then. */
    probeUntil: instant('probe_until'),
    lastErrorCode: text('last_error_code').$type<RunErrorCode>(),
    lastError: text('last_error'),
    lastFailedAt: instant('last_failed_at'),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.provider, t.source] }), tenantPolicy()],
);
