import { isEmbedded } from '@/db/client';
import { tendTables } from '@/db/tend';

/** Refreshes statistics and clears dead rows where the database does not do so by itself. @returns the tables it worked on. */
export const tendDatabase = (): Promise<string[]> => (isEmbedded ? tendTables() : Promise.resolve([]));
