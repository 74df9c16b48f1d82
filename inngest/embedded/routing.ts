import type { Json } from './canonical';
import { matches, matchKeys } from './expressions';
import { ending } from './finish';
import type { Store } from './store';
import { type Transition, transition } from './transition';
import type { Registry, StoredEvent } from './triggers';

/**
 * What a stored event ends: waits, and runs that are cancelled by it. Done again after a crash it changes nothing
 * more, because a step ends once and a run ends once.
 */
export async function waitTransitions(store: Store, registry: Registry, events: StoredEvent[]): Promise<Transition[]> {
  const byId = new Map(events.map((event) => [event.id, event]));
  const rows = await store.candidates(events.map(({ id, name, event }) => ({ id, name, keys: matchKeys(event) })));
  return rows.flatMap((row): Transition[] => {
    const arrived = byId.get(String(row.event_id));
    const payload = String(row.event);
    const trigger: Json = JSON.parse(payload);
    const expression = typeof row.expression === 'string' ? row.expression : undefined;
    if (!arrived || !matches(expression, { event: trigger, async: arrived.event })) return [];
    const runId = String(row.run_id);
    if (row.kind === 'cancel') {
      const parent =
        typeof row.parent_run_id === 'string' && typeof row.parent_step_id === 'string'
          ? { runId: row.parent_run_id, stepId: row.parent_step_id }
          : undefined;
      const run = { id: runId, fn: { id: String(row.fn_id) }, event: payload, parent };
      return [ending(registry, run, { status: 'cancelled' })];
    }
    const step = {
      runId,
      id: String(row.key),
      name: arrived.name,
      op: 'WaitForEvent',
      failed: false,
      value: arrived.payload,
    };
    return [transition({ runId, outcome: 'none', done: [step] })];
  });
}
