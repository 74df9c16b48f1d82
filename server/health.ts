import { sql } from 'drizzle-orm';
import { asSystem } from './context';
import { orAborted } from './http/or-aborted';
import { log } from './log';
import { stopping } from './stopping';

/** Whoever asks whether we are ready does not wait for long either. */
const PATIENCE_MS = 2_000;

/** Whether this process can do its work, and what of it cannot. */
export async function readiness(): Promise<{ ready: boolean; checks: Record<string, boolean> }> {
  if (stopping.aborted) return { ready: false, checks: { database: true, stopping: false } };
  const answer = asSystem((db) => db.execute(sql`select 1`));
  const database = await orAborted(answer, AbortSignal.timeout(PATIENCE_MS)).then(
    () => true,
    (error) => {
      log.warn({ err: error }, 'the database does not answer');
      return false;
    },
  );
  return { ready: database, checks: { database } };
}
