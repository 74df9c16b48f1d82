import { z } from 'zod';
import { Json } from '@/lib/contracts/json';
import { callRest, useConnector } from '../connectors/service';
import { RestTarget } from './rest-get';
import { machineTool } from './tool';

export const restCall = machineTool({
  name: 'rest_call',
  label: 'REST: call',
  does: 'Calls paths of a REST connector that it may write to, with any method.',
  group: 'data',
  reads: 'untrusted',
  effect: 'changes',
  description: 'Calls a path of a connected REST service, logged in, with a method that may change something.',
  inputSchema: z.object({
    ...RestTarget,
    method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
    body: Json.optional().describe('Sent as JSON; a text is sent as it is'),
  }),
  timeoutMs: 30_000,
  run: ({ connection: alias, ...request }, { ctx, spec, signal }) =>
    useConnector({ ctx, spec }, { alias, kinds: ['rest'], access: 'write' }, (opened) =>
      callRest(opened, request, signal),
    ),
});
