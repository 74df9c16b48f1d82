import { sql } from 'drizzle-orm';
import type { TenantContext } from './context';
import { Invalid } from './errors';

/** From the `Idempotency-Key` header: the client's key and a hash of what it asked for. */
export interface OnceKey {
  key: string;
  requestHash: string;
}

/**
 * Ties a key to the resource that this transaction makes; both are written or neither.
 * @returns the id of what an earlier request with this key made; undefined when this request is the first.
 * @throws Invalid 422 when the key came with another request before.
 */
export async function claimKey(
  ctx: TenantContext,
  once: OnceKey | undefined,
  resourceId: string,
): Promise<string | undefined> {
  if (!once) return undefined;
  // A second request with the key waits here for the first to commit; an expired key is as good as none.
  const claimed = await ctx.db.execute(sql`
    insert into idempotency_keys (org_id, actor_id, key, request_hash, resource_id, expires_at)
    values (${ctx.org.id}, ${ctx.actor.id}, ${once.key}, ${once.requestHash}, ${resourceId}, now() + interval '24 hours')
    on conflict (org_id, actor_id, key) do update
      set request_hash = excluded.request_hash, resource_id = excluded.resource_id, expires_at = excluded.expires_at
      where idempotency_keys.expires_at < now()`);
  if (claimed.count > 0) return undefined;
  const [row] = await ctx.db.execute<{ request_hash: string; resource_id: string }>(sql`
    select request_hash, resource_id from idempotency_keys
    where org_id = ${ctx.org.id} and actor_id = ${ctx.actor.id} and key = ${once.key}`);
  if (row?.request_hash !== once.requestHash) {
    throw new Invalid('This Idempotency-Key came with another request before. Use a new key for a new request.', {
      status: 422,
    });
  }
  return row.resource_id;
}
