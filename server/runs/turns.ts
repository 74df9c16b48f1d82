import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';

/**
 * How many runs of an organization are begun at once. The others wait here, not at the database: a thousand that come together
 * would else all be recorded before the first of them is executed, and its model waited for by nobody.
 */
const AT_ONCE = 32;
/** Of many, so many of those that wait: what is executed already would else hold up the last of them. */
const SHARE_AT_ONCE = 1 / 3;

const turns = new LRUCache<string, LimitFunction>({ max: 1_000, memoMethod: () => pLimit(AT_ONCE) });

/** Begins a run when it is its turn. */
export function inTurn<T>(orgId: string, work: () => Promise<T>): Promise<T> {
  const limit = turns.memo(orgId);
  limit.concurrency = Math.max(AT_ONCE, Math.ceil(limit.pendingCount * SHARE_AT_ONCE));
  return limit(work);
}
