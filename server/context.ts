import { sql } from 'drizzle-orm';
import { type Db, database } from '@/db/client';
import { isGranted, type Permission } from '@/lib/permissions';
import { Forbidden } from './errors';
import type { Logger } from './log';

/** Who acts. A run acts with the rights of whoever started it, never more. */
export type Actor =
  | { type: 'user'; id: string; name: string; sessionId: string }
  | { type: 'apiKey'; id: string; name: string }
  | { type: 'run'; id: string; startedBy: { type: 'user' | 'apiKey'; id: string } }
  | { type: 'system'; id: string };

/** A person signed in on one browser. */
export interface SignedIn {
  user: { id: string; name: string; email: string };
  sessionId: string;
}

/** Where a request came from, for the audit trail. */
export interface RequestInfo {
  id: string;
  ip: string | null;
  userAgent: string | null;
}

/** What every verb takes first: which organization, who acts, and what they may do. */
export interface OrgContext {
  org: { id: string; slug: string; name: string };
  actor: Actor;
  permissions: readonly string[];
  request: RequestInfo | null;
  log: Logger;
}

type Transaction = Parameters<Parameters<Db['transaction']>[0]>[0];

/** A context inside its transaction: `db` sees only rows of `org`. */
export interface TenantContext extends OrgContext {
  db: Transaction;
  /** Runs `work` once the transaction is committed; not at all when it rolls back. */
  afterCommit(work: () => void | Promise<void>): void;
}

/**
 * The only door to tenant tables: a transaction as the role that cannot bypass row-level security, bound to one
 * organization. Called with a context that is inside one already, it joins that one.
 */
export async function withTenant<T>(
  ctx: OrgContext | TenantContext,
  work: (ctx: TenantContext) => Promise<T>,
): Promise<T> {
  if ('db' in ctx) return work(ctx);
  const afterwards: (() => void | Promise<void>)[] = [];
  const result = await database().transaction(async (db) => {
    await enterRole(db, { orgId: ctx.org.id, userId: ctx.actor.type === 'user' ? ctx.actor.id : '' });
    return work({ ...ctx, db, afterCommit: (task) => afterwards.push(task) });
  });
  for (const task of afterwards) await task();
  return result;
}

/** A transaction that sees what belongs to one person: their memberships and the organizations of these. */
export const withUser = <T>(userId: string, work: (db: Transaction) => Promise<T>): Promise<T> =>
  database().transaction(async (db) => {
    await enterRole(db, { orgId: '', userId });
    return work(db);
  });

/** A transaction on the tables that belong to no tenant: people, sessions, the outbox. */
export const asSystem = <T>(work: (db: Transaction) => Promise<T>): Promise<T> => database().transaction(work);

// `set_config('role', …, true)` is SET LOCAL ROLE; together with the settings it takes one round trip instead of three.
const enterRole = (db: Transaction, { orgId, userId }: { orgId: string; userId: string }) =>
  db.execute(sql`select set_config('role', 'muster_tenant', true), set_config('app.org_id', ${orgId}, true),
    set_config('app.user_id', ${userId}, true)`);

/** @throws Forbidden unless the actor has `permission`. Line one of every verb. */
export function requirePermission(ctx: OrgContext, permission: Permission): void {
  if (isGranted(ctx.permissions, permission)) return;
  throw new Forbidden(`This needs the permission ${permission}. Ask an owner or admin of ${ctx.org.name} for it.`);
}
