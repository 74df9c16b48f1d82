import { sql } from 'drizzle-orm';
import { pgPolicy, timestamp, uuid } from 'drizzle-orm/pg-core';
import { v7 } from 'uuid';

/** Time-ordered id (UUIDv7), made by the application so that a row's id is known before it is written. */
export const newId = (): string => v7();

export const id = () => uuid('id').notNull().$defaultFn(newId);
export const orgId = () => uuid('org_id').notNull();
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
export const createdAt = () => instant('created_at').notNull().defaultNow();
export const updatedAt = () => instant('updated_at').notNull().defaultNow();

/** The organization of the current transaction; null outside `withTenant`. A custom setting is '' after its transaction. */
export const currentOrg = sql`(select nullif(current_setting('app.org_id', true), '')::uuid)`;
/** The person of the current transaction; null unless `withUser` or `withTenant` set one. */
export const currentUser = sql`(select nullif(current_setting('app.user_id', true), '')::uuid)`;

/** The policy of every tenant table: its rows exist only for their own organization, to read and to write. */
export const tenantPolicy = (column = sql`org_id`) =>
  pgPolicy('tenant', { for: 'all', using: sql`${column} = ${currentOrg}`, withCheck: sql`${column} = ${currentOrg}` });
