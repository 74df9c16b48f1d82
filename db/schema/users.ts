import { sql } from 'drizzle-orm';
import { boolean, index, pgPolicy, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, currentOrg, currentUser, id, instant } from '../columns';

/** People. No tenant table: a person may be in many organizations. A tenant sees its own members, without hashes. */
export const users = pgTable(
  'users',
  {
    id: id(),
    /** Lower case. */
    email: text('email').notNull(),
    name: text('name').notNull(),
    passwordHash: text('password_hash'),
    /** Set this server up, and sees how it works: its runner, whatever the organization. */
    isOperator: boolean('is_operator').notNull().default(false),
    createdAt: createdAt(),
    disabledAt: instant('disabled_at'),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('users_email_key').on(t.email),
    pgPolicy('members_of_tenant', {
      for: 'select',
      using: sql`id = ${currentUser} or exists (
        select from memberships m where m.user_id = users.id and m.org_id = ${currentOrg})`,
    }),
  ],
);

/** Signed-in browsers. Each request checks its row, so that a revoked session dies at once. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
    ip: text('ip'),
    userAgent: text('user_agent'),
  },
  (t) => [primaryKey({ columns: [t.id] }), index('sessions_user').on(t.userId, t.createdAt.desc())],
);
