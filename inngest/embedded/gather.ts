import type { Arrival, DueGather } from './store';
import type { Registry, StoredEvent } from './triggers';

/** A moment for events that came after a batch was full; the time of the function's own timeout is not known here. */
const NEXT_BATCH_MS = 1_000;

/**
 * The runs of debounces and batches that are due. A batch gives one run of as many events as it may hold, the first of
 * which names the run; what is left waits for the next.
 */
export function planGathered(registry: Registry, gathers: DueGather[], events: Map<string, StoredEvent>) {
  const arrival: Arrival = { events: [], runs: [], cancels: [], gathers: [] };
  const left = gathers.map(({ fnId, key, eventIds, size }) => {
    const fn = registry.get(fnId);
    const taken = eventIds.slice(0, size).flatMap((id) => events.get(id) ?? []);
    const [first] = taken;
    if (fn && first) {
      const batch = size === undefined ? undefined : taken.map(({ id }) => id);
      const { run, cancels } = registry.begin(fn, first, { eventIds: batch });
      arrival.runs.push({ ...run, stored: true });
      arrival.cancels.push(...cancels);
    }
    const rest = size === undefined ? [] : eventIds.slice(size);
    const delayMs = rest.length >= (size ?? 0) ? 0 : (first && fn?.gather(first.event)?.delayMs) || NEXT_BATCH_MS;
    return { fn_id: fnId, key, event_ids: rest, delay_ms: delayMs };
  });
  return { arrival, left };
}
