import { isEmbedded } from '@/db/client';
import { tendTables } from '@/db/tend';
import { log } from '../log';

/** Refreshes statistics and clears dead rows where the database does not do so by itself. @returns the tables it worked on. */
export const tendDatabase = (): Promise<string[]> => (isEmbedded ? tendTables() : Promise.resolve([]));

/** After so many runs of a process it is looked whether the database knows its tables: of a new one, it knows nothing. */
const LOOKED_AFTER = new Set([200, 2_000]);
let begun = 0;

/** A run has begun in this process. */
export function tendWhenGrown(): void {
  begun += 1;
  if (!LOOKED_AFTER.has(begun)) return;
  tendTables().catch((err) => log.warn({ err }, 'the statistics of the database are refreshed later'));
}
