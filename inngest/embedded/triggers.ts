import { byteLength, isObject, type Json } from './canonical';
import { dueAtMs } from './durations';
import { matches, matchKey, matchKeys } from './expressions';
import { nameMatches, type RegisteredFunction } from './functions';
import { derivedUlid, ulidTimeMs } from './ids';
import type { NewEvent, NewGather, NewRun, NewWait } from './transition';

/** An event as its parts are needed: parsed for expressions, canonical for storage. */
export interface StoredEvent {
  id: string;
  name: string;
  payload: string;
  event: Json;
  dedupeKey?: string;
}

/** The functions that are registered, and what an event means to them. */
export class Registry {
  #all = new Map<string, RegisteredFunction>();
  #byEvent = new Map<string, { fn: RegisteredFunction; expression?: string }[]>();
  #wildcards: { pattern: string; fn: RegisteredFunction; expression?: string }[] = [];

  set(functions: Iterable<RegisteredFunction>): void {
    for (const fn of functions) this.#all.set(fn.id, fn);
    this.#index();
  }

  /** Forgets what an app no longer has. */
  replaceApp(appId: string, functions: RegisteredFunction[]): void {
    for (const fn of this.#all.values()) if (fn.appId === appId) this.#all.delete(fn.id);
    this.set(functions);
  }

  forget(id: string): void {
    this.#all.delete(id);
    this.#index();
  }

  get = (id: string): RegisteredFunction | undefined => this.#all.get(id);

  all = (): RegisteredFunction[] => [...this.#all.values()];

  #index(): void {
    this.#byEvent.clear();
    this.#wildcards = [];
    for (const fn of this.#all.values()) {
      for (const { event, expression } of fn.triggers) {
        if (event.endsWith('*')) this.#wildcards.push({ pattern: event, fn, expression });
        else this.#byEvent.set(event, [...(this.#byEvent.get(event) ?? []), { fn, expression }]);
      }
    }
  }

  #triggered(name: string): { fn: RegisteredFunction; expression?: string }[] {
    const exact = this.#byEvent.get(name) ?? [];
    if (this.#wildcards.length === 0) return exact;
    return [...exact, ...this.#wildcards.filter(({ pattern }) => nameMatches(pattern, name))];
  }

  /** The runs an event starts, one for each function at most, with the waits of their cancelOn; and where it is gathered. */
  arrival(stored: StoredEvent, { routed, known }: { routed: boolean; known?: boolean }) {
    const { id, name, payload, dedupeKey, event } = stored;
    const fns = new Set<RegisteredFunction>();
    for (const { fn, expression } of routed || known ? this.#triggered(name) : []) {
      if (matches(expression, { event })) fns.add(fn);
    }
    const runs: NewRun[] = [];
    const cancels: NewWait[] = [];
    const gathers: NewGather[] = [];
    for (const fn of fns) {
      const gather = fn.gather(event);
      if (gather) {
        gathers.push({ ...gather, fnId: fn.id, eventId: id, bytes: byteLength(payload) });
        continue;
      }
      const begun = this.begin(fn, stored);
      runs.push({ ...begun.run, stored: known });
      cancels.push(...begun.cancels);
    }
    // Until the runs it replaces are cancelled the event is not done with, whatever crashes.
    const row: NewEvent = {
      ...{ id, dedupeKey, name, payload, keys: matchKeys(event) },
      routed: routed && !runs.some(replaces),
    };
    return { event: row, runs, cancels, gathers };
  }

  /**
   * A run of a function for an event: the same event and function always give the same run. An invocation is neither
   * turned away nor gathered with others, as its caller waits for it.
   */
  begin(
    fn: RegisteredFunction,
    { id, event }: StoredEvent,
    how: { parent?: NewRun['parent']; eventIds?: string[] } = {},
  ) {
    const { parent, eventIds } = how;
    const slots = fn.slots(event);
    const singleton = parent ? undefined : fn.singleton(event);
    const run: NewRun = {
      id: derivedUlid(ulidTimeMs(id), id, fn.id),
      fnId: fn.id,
      eventId: id,
      eventIds,
      idempotencyKey: parent ? undefined : fn.idempotencyKey(event),
      parent,
      priority: fn.priority(event),
      slots: slots?.slots,
      slotLimits: slots?.limits,
      throttle: fn.throttle(event),
      rateLimit: parent ? undefined : fn.rateLimit(event),
      singletonKey: singleton?.key,
      singletonSkips: singleton?.skips,
      delayMs: delayOf(event),
      startTimeoutMs: fn.startTimeoutMs,
    };
    return { run, cancels: this.cancels(fn, run.id, event) };
  }

  cancels(fn: RegisteredFunction, runId: string, event: Json): NewWait[] {
    return fn.cancelOn.map((entry, n) => ({
      runId,
      key: `cancel:${n}`,
      kind: 'cancel',
      eventName: entry.event,
      matchKey: matchKey(entry.if, event),
      expression: entry.if,
      ttlMs: entry.timeout ? (dueAtMs(entry.timeout) ?? 0) - Date.now() : undefined,
    }));
  }
}

/** It ends those of its key that began before it. */
export const replaces = (run: NewRun): boolean => run.singletonKey !== undefined && !run.singletonSkips;

/** An event with a time to come is stored at once and starts its runs then. */
function delayOf(event: Json): number | undefined {
  const ms = isObject(event) && typeof event.ts === 'number' ? event.ts - Date.now() : 0;
  return ms > 0 ? ms : undefined;
}
