import { byteLength } from './canonical';
import { MAX_BATCH_BYTES } from './limits';
import type { Arrival, DueGather } from './store';
import type { Registry, StoredEvent } from './triggers';

/** A moment for events that came after a batch was full; the time of the function's own timeout is not known here. */
const NEXT_BATCH_MS = 1_000;

/** How many of a batch's events go into one run: as many as it may hold, or until they are large enough together. */
function fitting(bytes: number[], size: number | undefined): number {
  let sum = 0;
  const enough = bytes.findIndex((each) => {
    sum += each;
    return sum >= MAX_BATCH_BYTES;
  });
  return Math.min(size ?? bytes.length, enough === -1 ? bytes.length : enough + 1);
}

/**
 * The runs of debounces and batches that are due. A batch gives one run of as many events as it may hold, the first of
 * which names the run; what is left waits for the next.
 */
export function planGathered(registry: Registry, gathers: DueGather[], events: Map<string, StoredEvent>) {
  const arrival: Arrival = { events: [], runs: [], cancels: [], gathers: [] };
  const left = gathers.map(({ fnId, key, eventIds, size }) => {
    const fn = registry.get(fnId);
    const bytes = eventIds.map((id) => byteLength(events.get(id)?.payload ?? ''));
    const count = fitting(bytes, size);
    const taken = eventIds.slice(0, count).flatMap((id) => events.get(id) ?? []);
    const [first] = taken;
    if (fn && first) {
      const batch = size === undefined ? undefined : taken.map(({ id }) => id);
      const { run, cancels } = registry.begin(fn, first, { eventIds: batch });
      arrival.runs.push({ ...run, stored: true });
      arrival.cancels.push(...cancels);
    }
    const rest = size === undefined ? [] : eventIds.slice(count);
    const restBytes = bytes.slice(count).reduce((sum, each) => sum + each, 0);
    const isFull = rest.length >= (size ?? 0) || restBytes >= MAX_BATCH_BYTES;
    const delayMs = isFull ? 0 : (first && fn?.gather(first.event)?.delayMs) || NEXT_BATCH_MS;
    return { fn_id: fnId, key, event_ids: rest, bytes: restBytes, delay_ms: delayMs };
  });
  return { arrival, left };
}
