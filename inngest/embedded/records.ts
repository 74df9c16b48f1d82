import type { CancelMany, EventRecord, RunRecord } from './api-rest';
import type { Json } from './canonical';
import type { Engine } from './engine';
import { matches } from './expressions';
import type { Row } from './job';
import * as statements from './statements';
import type { Store } from './store';

const STATUSES = ['active', 'completed', 'failed', 'cancelled'] as const;

const runRecord = (row: Row): RunRecord => ({
  id: String(row.id),
  fnId: String(row.fn_id),
  eventId: String(row.event_id),
  status: STATUSES.find((status) => status === row.status) ?? 'active',
  startedAt: String(row.started_at),
  endedAt: row.ended_at === null ? null : String(row.ended_at),
  output: row.output === null ? null : (JSON.parse(String(row.output)) as Json),
});

export async function findRun(store: Store, id: string): Promise<RunRecord | undefined> {
  return (await store.query(statements.RUN_RECORD, [id])).map(runRecord)[0];
}

export async function findEventRuns(store: Store, eventId: string): Promise<RunRecord[]> {
  const runs = await store.query(statements.EVENT_RUNS, [eventId]);
  const batches = await store.query(statements.EVENT_BATCHES, [eventId], false);
  return [...runs, ...batches].map(runRecord);
}

export async function findEvent(store: Store, id: string): Promise<EventRecord | undefined> {
  const [row] = await store.query(statements.EVENT_RECORD, [id]);
  const event = row && (JSON.parse(String(row.payload)) as Json);
  return row && event ? { id: String(row.id), receivedAt: String(row.received_at), event } : undefined;
}

/** Cancels the active runs of a function that have begun in a time and whose event matches. @returns how many. */
export async function cancelMany(engine: Engine, { fnId, after, before, expression }: CancelMany): Promise<number> {
  let cancelled = 0;
  for (let last = ''; ; ) {
    const parameters = [fnId, after?.toISOString() ?? null, before?.toISOString() ?? null, last];
    const rows = await engine.store.query(statements.ACTIVE_RUNS, parameters);
    for (const { id, event } of rows) {
      last = String(id);
      if (!matches(expression, { event: JSON.parse(String(event)) as Json })) continue;
      if (await engine.cancel(last)) cancelled++;
    }
    if (rows.length === 0) return cancelled;
  }
}
