import type { Log } from './log';
import type { Store } from './store';

/** Rows of one statement: few enough that nobody waits for them. */
const BATCH = 250;
/** Statements of one pass; what is left comes with the next. */
const MOST_BATCHES = 40;

/**
 * Forgets runs that ended so many days ago, with their steps, and events that no run knows any more. Nothing that is
 * unfinished goes: no active run, its event or its steps, however old, and no event that waits in a batch.
 * @returns how many rows of runs and events have gone.
 */
export async function prune(store: Store, days: number, log: Log, batch = BATCH): Promise<number> {
  let [runs, events] = [0, 0];
  for (let n = 0; n < MOST_BATCHES; n++) {
    const gone = await store.pruneRuns(days, batch);
    runs += gone;
    if (gone < batch) break;
  }
  for (let n = 0; n < MOST_BATCHES; n++) {
    const gone = await store.pruneEvents(days, batch);
    events += gone;
    if (gone < batch) break;
  }
  if (runs + events > 0) log.info({ runs, events }, 'Old runs and events are forgotten');
  return runs + events;
}
