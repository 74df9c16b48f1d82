import { z } from 'zod';
import { queryMysql, queryPostgres, useConnector } from '../connectors/service';
import { SqlInput } from './sql-input';
import { machineTool } from './tool';

export const databaseWrite = machineTool({
  name: 'database_write',
  label: 'Database write',
  does: 'Adds, changes and deletes rows of a connector that it may write to.',
  group: 'data',
  reads: 'untrusted',
  effect: 'changes',
  description:
    'Changes a connected SQL database: one INSERT, UPDATE or DELETE, in a transaction of its own. UPDATE and DELETE need WHERE. Values go into params, never into the text.',
  inputSchema: z.object(SqlInput),
  timeoutMs: 25_000,
  run: ({ connection: alias, sql, params }, { ctx, spec, signal }) =>
    useConnector({ ctx, spec }, { alias, kinds: ['postgres', 'mysql'], access: 'write' }, (opened) => {
      const statement = { sql, params, access: 'write' } as const;
      return opened.kind === 'postgres'
        ? queryPostgres(opened, statement, signal)
        : queryMysql(opened, statement, signal);
    }),
});
