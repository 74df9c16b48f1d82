import { sql } from 'drizzle-orm';
import { index, pgPolicy, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, currentOrg, currentUser, id, instant, orgId, tenantPolicy } from '../columns';
import { users } from './users';

/** The tenant. Its slug is the first segment of every address. */
export const organizations = pgTable(
  'organizations',
  {
    id: id(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('organizations_slug_key').on(t.slug),
    tenantPolicy(sql`id`),
    pgPolicy('own_organizations', {
      for: 'select',
      using: sql`${currentOrg} is null and exists (
        select from memberships m where m.org_id = organizations.id and m.user_id = ${currentUser})`,
    }),
  ],
);

export const memberships = pgTable(
  'memberships',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text('role').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.userId] }),
    index('memberships_user').on(t.userId),
    tenantPolicy(),
    pgPolicy('own_memberships', { for: 'select', using: sql`${currentOrg} is null and user_id = ${currentUser}` }),
  ],
);

/** Holds resources inside an organization. */
export const workspaces = pgTable(
  'workspaces',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), unique('workspaces_slug_key').on(t.orgId, t.slug), tenantPolicy()],
);

/** A program's access. The token itself is never stored, only its SHA-256. */
export const apiKeys = pgTable(
  'api_keys',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    name: text('name').notNull(),
    tokenHash: text('token_hash').notNull(),
    /** The end of the token, to tell keys apart. */
    hint: text('hint').notNull(),
    scopes: text('scopes').array().notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('api_keys_token_hash_key').on(t.orgId, t.tokenHash),
    tenantPolicy(),
  ],
);

/** Somebody asked to join, until they do. The link that only they got is never stored, only its SHA-256. */
export const invitations = pgTable(
  'invitations',
  {
    orgId: orgId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: id(),
    /** Lower case. */
    email: text('email').notNull(),
    role: text('role').notNull(),
    tokenHash: text('token_hash').notNull(),
    invitedBy: uuid('invited_by').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('invitations_email_key').on(t.orgId, t.email),
    unique('invitations_token_hash_key').on(t.orgId, t.tokenHash),
    tenantPolicy(),
  ],
);
