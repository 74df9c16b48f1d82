import { sql } from 'drizzle-orm';
import { asSystem } from './context';
import { log } from './log';

/** Whether this process can do its work, and what of it cannot. */
export async function readiness(): Promise<{ ready: boolean; checks: Record<string, boolean> }> {
  const database = await asSystem((db) => db.execute(sql`select 1`)).then(
    () => true,
    (error) => {
      log.error({ err: error }, 'the database does not answer');
      return false;
    },
  );
  return { ready: database, checks: { database } };
}
