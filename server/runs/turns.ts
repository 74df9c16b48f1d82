import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';

/**
 * How many runs of an organization are begun at once. The others wait here, not at the database: a thousand that come together
 * would else all be recorded before the first of them is executed, and its model waited for by nobody.
 */
const AT_ONCE = 32;

const turns = new LRUCache<string, LimitFunction>({ max: 1_000, memoMethod: () => pLimit(AT_ONCE) });

/** Begins a run when it is its turn. */
export const inTurn = <T>(orgId: string, work: () => Promise<T>): Promise<T> => turns.memo(orgId)(work);
