import type { Json } from './canonical';
import { durationMs } from './durations';
import { matches, matchKey, matchKeys } from './expressions';
import { nameMatches, type RegisteredFunction } from './functions';
import { derivedUlid, ulidTimeMs } from './ids';
import type { NewEvent, NewRun, NewWait } from './transition';

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

  get = (id: string): RegisteredFunction | undefined => this.#all.get(id);

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

  /** The runs an event starts, one for each function at most, with the waits of their cancelOn. */
  arrival(stored: StoredEvent, { routed, known }: { routed: boolean; known?: boolean }) {
    const { id, name, payload, dedupeKey, event } = stored;
    const row: NewEvent = { id, dedupeKey, name, payload, keys: matchKeys(event), routed };
    const fns = new Set<RegisteredFunction>();
    for (const { fn, expression } of routed || known ? this.#triggered(name) : []) {
      if (matches(expression, { event })) fns.add(fn);
    }
    const runs: NewRun[] = [];
    const cancels: NewWait[] = [];
    for (const fn of fns) {
      const begun = this.begin(fn, stored);
      runs.push({ ...begun.run, stored: known });
      cancels.push(...begun.cancels);
    }
    return { event: row, runs, cancels };
  }

  /** A run of a function for an event: the same event and function always give the same run. */
  begin(fn: RegisteredFunction, { id, event }: StoredEvent, parent?: { runId: string; stepId: string }) {
    const slots = fn.slots(event);
    const run: NewRun = {
      id: derivedUlid(ulidTimeMs(id), id, fn.id),
      fnId: fn.id,
      eventId: id,
      // An invocation that another run had made superfluous would leave its caller waiting.
      idempotencyKey: parent ? undefined : fn.idempotencyKey(event),
      parentRunId: parent?.runId,
      parentStepId: parent?.stepId,
      priority: fn.priority(event),
      slots: slots?.slots,
      slotLimits: slots?.limits,
    };
    const cancels = fn.cancelOn.map(
      (entry, n): NewWait => ({
        runId: run.id,
        key: `cancel:${n}`,
        kind: 'cancel',
        eventName: entry.event,
        matchKey: matchKey(entry.if, event),
        expression: entry.if,
        ttlMs: entry.timeout ? durationMs(entry.timeout) : undefined,
      }),
    );
    return { run, cancels };
  }
}
