import type { Row } from 'postgres';
import { isDatabaseAway } from '@/db/client';
import { type Settings, type Sql, type Statement, statement, type Transaction, transaction } from '@/db/transaction';
import type { ActorType } from '@/lib/contracts/runs';
import { isGranted, type Permission } from '@/lib/permissions';
import { Forbidden, Unavailable } from './errors';
import type { Logger } from './log';
import { describeRequest } from './telemetry/facts';

/** Who acts. A run acts with the rights of whoever started it, never more. */
export type Actor =
  | { type: 'user'; id: string; name: string; sessionId: string }
  | { type: 'apiKey'; id: string; name: string }
  | { type: 'run'; id: string; startedBy: { type: ActorType; id: string } }
  /** Somebody without an account who opened a public link: for them there is its agent and nothing else. */
  | { type: 'link'; id: string; agentId: string }
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

/** A context inside its transaction: `db` and `sql` see only rows of `org`. */
export interface TenantContext extends OrgContext, Transaction {
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
  if (isInside(ctx)) return work(ctx);
  const afterwards: (() => void | Promise<void>)[] = [];
  const result = await transaction(asTenant(ctx), (inside) =>
    work({ ...ctx, ...inside, afterCommit: (task) => afterwards.push(task) }),
  ).catch(explain);
  for (const task of afterwards) await task();
  return result;
}

/**
 * `withTenant` for one statement: with everything around it, it takes one round trip.
 * @param options.last of the transaction that `ctx` is in: nothing may follow.
 * @param options.order of a statement that locks nothing but what this names: see `Transaction.last`
 */
export const tenantStatement = async <T extends Row>(
  ctx: OrgContext | TenantContext,
  text: (sql: Sql) => Statement<T>,
  { last = false, order }: { last?: boolean; order?: string } = {},
): Promise<T[]> => {
  if (!isInside(ctx)) return statement(asTenant(ctx), text, order).catch(explain);
  return last ? ctx.last(text(ctx.sql), order) : text(ctx.sql);
};

/**
 * Does `work` with everything of the organization, other people's private agents too: for what must overlook none. What it finds
 * there is told to nobody.
 */
export async function seeingAll<T>(ctx: TenantContext, work: (ctx: TenantContext) => Promise<T>): Promise<T> {
  if (seesPrivate(ctx)) return work(ctx);
  await ctx.sql`set local role muster_tenant`;
  const result = await work(ctx);
  await ctx.sql`set local role muster_member`;
  return result;
}

/** Runs `work` once what was written in `ctx` is committed: now, or at the end of its transaction. */
export async function afterCommit(ctx: OrgContext | TenantContext, work: () => void | Promise<void>): Promise<void> {
  if (isInside(ctx)) ctx.afterCommit(work);
  else await work();
}

/** A transaction that sees what belongs to one person: their memberships and the organizations of these. */
export const withUser = <T>(userId: string, work: (db: Transaction['db']) => Promise<T>): Promise<T> =>
  transaction(asRole('', { user: userId }), ({ db }) => work(db)).catch(explain);

/** A transaction on the tables that belong to no tenant: people, sessions, the outbox. */
export const asSystem = <T>(work: (db: Transaction['db'], sql: Sql) => Promise<T>): Promise<T> =>
  transaction({}, ({ db, sql }) => work(db, sql)).catch(explain);

/** @throws Unavailable for a database that is away; what else went wrong, as it is. */
const explain = (error: unknown): never => {
  if (!isDatabaseAway(error)) throw error;
  describeRequest({ away: true });
  throw new Unavailable({ cause: error });
};

const isInside = (ctx: OrgContext | TenantContext): ctx is TenantContext => 'db' in ctx;

const asTenant = (ctx: OrgContext) => {
  const { actor } = ctx;
  const settings = { user: actor.type === 'user' ? actor.id : '', agent: actor.type === 'link' ? actor.agentId : '' };
  return asRole(ctx.org.id, { ...settings, role: seesPrivate(ctx) ? 'muster_tenant' : 'muster_member' });
};

/** Jobs see everything, and people with the permission; an API key has no private agents, whoever made it. */
const seesPrivate = ({ actor, permissions }: OrgContext): boolean =>
  actor.type === 'system' ||
  actor.type === 'run' ||
  (actor.type === 'user' && isGranted(permissions, 'agents:read-private'));

/** What is not set is empty, as the policies take it: a setting ends with its transaction. */
const asRole = (
  orgId: string,
  { user, agent, role = 'muster_tenant' }: { user: string; agent?: string; role?: 'muster_tenant' | 'muster_member' },
): Settings => ({
  role,
  ...(orgId && { 'app.org_id': orgId }),
  ...(user && { 'app.user_id': user }),
  ...(agent && { 'app.agent_id': agent }),
});

/** @throws Forbidden unless the actor has `permission`. Line one of every verb. */
export function requirePermission(ctx: OrgContext, permission: Permission): void {
  if (isGranted(ctx.permissions, permission)) return;
  const how =
    ctx.actor.type === 'apiKey'
      ? 'This API key lacks it: make one with it in Settings › API keys; a key can do no more than the role of its maker.'
      : `Ask an owner or admin of ${ctx.org.name} for it.`;
  throw new Forbidden(`This needs the permission ${permission}. ${how}`);
}
