import { z } from 'zod';
import { querySalesforce, useConnector } from '../connectors/service';
import { Connection } from './sql-input';
import { machineTool } from './tool';

export const salesforceQuery = machineTool({
  name: 'salesforce_query',
  label: 'Salesforce query',
  does: 'Asks a Salesforce connector in SOQL, and changes nothing.',
  group: 'data',
  reads: 'untrusted',
  effect: 'none',
  description: 'Asks connected Salesforce: one SOQL SELECT. At most 1,000 records; truncated says that there are more.',
  inputSchema: z.object({ connection: Connection, soql: z.string().min(1).max(20_000) }),
  timeoutMs: 40_000,
  run: ({ connection: alias, soql }, { ctx, spec, signal }) =>
    useConnector({ ctx, spec }, { alias, kinds: ['salesforce'], access: 'read' }, (opened) =>
      querySalesforce(opened, soql, signal),
    ),
});
