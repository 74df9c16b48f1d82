import type { Json } from './canonical';
import { keyOf, matches } from './expressions';
import type { FunctionConfig } from './function-config';
import { sha1 } from './ids';

/** What an event asks of the functions it starts: who waits, who is turned away, who goes first. */

export interface Slots {
  slots: string[];
  limits: number[];
}

/** A generic cell rate: one every `everyMs`, and `burst` at once after a pause. */
export interface Rate {
  key: string;
  everyMs: number;
  burst: number;
}

export interface Singleton {
  key: string;
  /** A second run does not begin; otherwise it ends the first. */
  skips: boolean;
}

/** Events that start one run together. */
export interface Gather {
  key: string;
  /** How many fill a batch; undefined for a debounce, which keeps the newest alone. */
  size?: number;
  delayMs: number;
  deadlineMs?: number;
}

export interface Flow {
  /** What may exist once in 24 hours; undefined when the function asks for none. */
  idempotencyKey(event: Json): string | undefined;
  /** Seconds ahead of others. */
  priority(event: Json): number;
  slots(event: Json): Slots | undefined;
  throttle(event: Json): Rate | undefined;
  rateLimit(event: Json): Rate | undefined;
  singleton(event: Json): Singleton | undefined;
  gather(event: Json): Gather | undefined;
}

/** The flow control of a function, as a function of the event. */
export function flowOf(config: FunctionConfig): Flow {
  const { id, idempotency, throttle, rateLimit, singleton } = config;
  const concurrency = concurrencyOf(config);
  const key = (expression: string | undefined, event: Json) => (expression ? keyOf(expression, { event }) : '');
  const limiter = (kind: string, expression: string | undefined, event: Json) =>
    `${kind}:${id}=${expression ? sha1(key(expression, event)) : ''}`;
  return {
    idempotencyKey: (event) => (idempotency ? key(idempotency, event) : undefined),
    priority: (event) => priorityOf(config, event),
    slots: (event) => (concurrency.length === 0 ? undefined : slotsOf(id, concurrency, event)),
    // Starts are spread evenly over the period, but for the burst.
    throttle: (event) =>
      throttle && {
        key: limiter('throttle', throttle.key, event),
        everyMs: throttle.period / throttle.limit,
        burst: throttle.burst ?? 1,
      },
    // All of a period's runs may begin at once; who comes then is turned away.
    rateLimit: (event) =>
      rateLimit && {
        key: limiter('rate', rateLimit.key, event),
        everyMs: rateLimit.period / rateLimit.limit,
        burst: rateLimit.limit,
      },
    singleton: (event) => singleton && { key: sha1(key(singleton.key, event)), skips: singleton.mode === 'skip' },
    gather: (event) => gatherOf(config, event),
  };
}

function gatherOf({ debounce, batchEvents: batch }: FunctionConfig, event: Json): Gather | undefined {
  const name = (kind: string, expression: string | undefined) =>
    `${kind}:${expression ? sha1(keyOf(expression, { event })) : ''}`;
  if (batch) {
    if (!matches(batch.if, { event })) return undefined;
    return { key: name('batch', batch.key), size: batch.maxSize, delayMs: batch.timeout };
  }
  if (debounce) {
    return { key: name('debounce', debounce.key), delayMs: debounce.period, deadlineMs: debounce.timeout };
  }
  return undefined;
}

type WithConcurrency = Pick<FunctionConfig, 'concurrency'> & { batchEvents?: unknown };
type Entry = { limit: number; key?: string; scope?: 'fn' | 'env' | 'account' };

/** A limit of 0 means none, and batches have no key that is read from an event, as on Inngest. */
export function concurrencyOf({ concurrency, batchEvents }: WithConcurrency): Entry[] {
  const entries: Entry[] = typeof concurrency === 'number' ? [{ limit: concurrency }] : [concurrency ?? []].flat();
  return entries
    .filter((entry) => entry.limit > 0)
    .map((entry) => (batchEvents && /\bevent\b/.test(entry.key ?? '') ? { ...entry, key: undefined } : entry));
}

/** The limits of a function of which nothing else of its concurrency has changed; undefined if they are as before. */
export function changedLimits(before: WithConcurrency, now: WithConcurrency): number[] | undefined {
  const [old, entries] = [concurrencyOf(before), concurrencyOf(now)];
  const same = ({ key, scope }: Entry, n: number) => key === old[n]?.key && (scope ?? 'fn') === (old[n]?.scope ?? 'fn');
  if (entries.length !== old.length || !entries.every(same)) return undefined;
  return entries.some(({ limit }, n) => limit !== old[n]?.limit) ? entries.map(({ limit }) => limit) : undefined;
}

/** A job never occupies a slot twice, even if two entries mean the same: it would wait for itself. */
function slotsOf(fnId: string, entries: Entry[], event: Json): Slots {
  const limits = new Map<string, number>();
  for (const [n, entry] of entries.entries()) {
    const name = slotName(fnId, entry, n, event);
    limits.set(name, Math.min(entry.limit, limits.get(name) ?? entry.limit));
  }
  return { slots: [...limits.keys()], limits: [...limits.values()] };
}

/** What functions share they share by the value of the key, whatever expression gives it. */
function slotName(fnId: string, { scope, key }: Entry, n: number, event: Json): string {
  const owner = scope && scope !== 'fn' ? scope : `fn:${fnId}:${n}`;
  return key ? `${owner}=${keyOf(key, { event })}` : owner;
}

function priorityOf({ priority }: FunctionConfig, event: Json): number {
  if (!priority?.run) return 0;
  const value = Number(keyOf(priority.run, { event }));
  return Number.isFinite(value) ? Math.max(-600, Math.min(600, Math.trunc(value))) : 0;
}
