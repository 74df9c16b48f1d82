import { z } from 'zod';
import { queryMysql, queryPostgres, useConnector } from '../connectors/service';
import { SqlInput } from './sql-input';
import { machineTool } from './tool';

export const databaseQuery = machineTool({
  name: 'database_query',
  label: 'Database query',
  does: 'Asks a PostgreSQL or MySQL connector in SQL, and changes nothing.',
  group: 'data',
  reads: 'untrusted',
  effect: 'none',
  description:
    'Asks a connected SQL database: one SELECT (or SHOW, EXPLAIN). To learn the tables, ask information_schema. Values go into params, never into the text. At most 1,000 rows; truncated says that there are more.',
  inputSchema: z.object(SqlInput),
  timeoutMs: 25_000,
  run: ({ connection: alias, sql, params }, { ctx, spec, signal }) =>
    useConnector({ ctx, spec }, { alias, kinds: ['postgres', 'mysql'], access: 'read' }, (opened) => {
      const statement = { sql, params, access: 'read' } as const;
      return opened.kind === 'postgres'
        ? queryPostgres(opened, statement, signal)
        : queryMysql(opened, statement, signal);
    }),
});
