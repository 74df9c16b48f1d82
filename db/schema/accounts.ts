import { index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from '../columns';
import { system } from './governance';
import { users } from './users';

const userId = () =>
  uuid('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

/** Sign-ups whose address is not proven yet. An account exists once the link in the mail was opened, never before. */
export const signUps = system.table(
  'sign_ups',
  {
    /** SHA-256 of what is in the link. */
    tokenHash: text('token_hash').notNull(),
    /** SHA-256 of what only the browser that asked knows. */
    receiptHash: text('receipt_hash'),
    email: text('email').notNull(),
    name: text('name').notNull(),
    passwordHash: text('password_hash').notNull(),
    organization: text('organization').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tokenHash] }), index('sign_ups_oldest').on(t.expiresAt)],
);

/** What a link in a mail may do, once: its row is gone when it was used. */
export const accountTokens = system.table(
  'account_tokens',
  {
    tokenHash: text('token_hash').notNull(),
    purpose: text('purpose', { enum: ['reset_password', 'change_email', 'sign_in'] }).notNull(),
    userId: userId(),
    /** Of `change_email`: the new address. */
    email: text('email'),
    /** Of `change_email`: the session that asked, which lives on. */
    sessionId: uuid('session_id'),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tokenHash] }),
    index('account_tokens_user').on(t.userId, t.purpose),
    index('account_tokens_oldest').on(t.expiresAt),
  ],
);

/** An account at GitHub, Google, … that signs a person in. */
export const identities = system.table(
  'identities',
  {
    provider: text('provider').notNull(),
    /** The person's id at the provider. */
    subject: text('subject').notNull(),
    userId: userId(),
    /** The address there, when it was connected. */
    email: text('email').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.subject] }), index('identities_user').on(t.userId)],
);

/** What happened to an account; an account belongs to no organization, so this is not in any audit. */
export const securityEvents = system.table(
  'security_events',
  {
    id: id(),
    userId: userId(),
    kind: text('kind').notNull(),
    detail: text('detail'),
    ip: text('ip'),
    userAgent: text('user_agent'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    index('security_events_user').on(t.userId, t.id.desc()),
    index('security_events_oldest').on(t.createdAt),
  ],
);

/** How often something was tried that may not be tried at will: by account, by address. */
export const throttles = system.table(
  'throttles',
  {
    key: text('key').notNull(),
    tries: integer('tries').notNull(),
    blockedUntil: instant('blocked_until'),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.key] }), index('throttles_oldest').on(t.updatedAt)],
);
