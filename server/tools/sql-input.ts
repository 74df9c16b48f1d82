import { z } from 'zod';

/** Which of the agent's connectors; may be left out where there is only one that fits. */
export const Connection = z
  .string()
  .max(40)
  .optional()
  .describe('Alias of the connection; needed if there are several');

export const SqlInput = {
  connection: Connection,
  sql: z.string().min(1).max(20_000).describe('One statement. Parameters are $1, $2 in PostgreSQL and ? in MySQL'),
  params: z
    .array(z.union([z.string().max(20_000), z.number(), z.boolean(), z.null()]))
    .max(100)
    .default([]),
};
