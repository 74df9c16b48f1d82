import { z } from 'zod';
import { Json, type JsonValue } from '@/lib/contracts/json';
import { queryMongo, useConnector } from '../connectors/service';
import { Connection } from './sql-input';
import { machineTool } from './tool';

const document = z.record(z.string().max(200), Json);

export const mongoQuery = machineTool({
  name: 'mongo_query',
  label: 'MongoDB query',
  does: 'Finds and aggregates documents of a MongoDB connector, and changes nothing.',
  group: 'data',
  reads: 'untrusted',
  effect: 'none',
  description:
    'Finds documents of a connected MongoDB by filter, or aggregates them by pipeline. Ids and dates as {"$oid": "…"} and {"$date": "…"}. Stages that write and operators that run code are refused.',
  inputSchema: z.object({
    connection: Connection,
    collection: z.string().min(1).max(255),
    filter: document.optional(),
    projection: document.optional(),
    sort: z.record(z.string().max(200), z.union([z.literal(1), z.literal(-1)])).optional(),
    limit: z.number().int().min(1).max(1_000).default(100),
    pipeline: z.array(document).max(30).optional().describe('Instead of a filter'),
  }),
  timeoutMs: 25_000,
  run: ({ connection: alias, ...question }, { ctx, spec, signal }): Promise<JsonValue> =>
    useConnector({ ctx, spec }, { alias, kinds: ['mongodb'], access: 'read' }, (opened) =>
      queryMongo(opened, question, signal),
    ),
});
