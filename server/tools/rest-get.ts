import { z } from 'zod';
import { callRest, useConnector } from '../connectors/service';
import { Connection } from './sql-input';
import { machineTool } from './tool';

/** Where a call goes: below the connector's address. */
export const RestTarget = {
  connection: Connection,
  path: z.string().max(2_000).describe('Below the address of the connection, such as orders/42'),
  query: z.record(z.string().max(200), z.string().max(2_000)).optional(),
};

export const restGet = machineTool({
  name: 'rest_get',
  label: 'REST: read',
  does: 'Reads paths of a REST connector.',
  group: 'data',
  reads: 'untrusted',
  effect: 'sends',
  description: 'Reads a path of a connected REST service, logged in, and returns status and body.',
  inputSchema: z.object(RestTarget),
  timeoutMs: 30_000,
  run: ({ connection: alias, path, query }, { ctx, spec, signal }) =>
    useConnector({ ctx, spec }, { alias, kinds: ['rest'], access: 'read' }, (opened) =>
      callRest(opened, { method: 'GET', path, query }, signal),
    ),
});
