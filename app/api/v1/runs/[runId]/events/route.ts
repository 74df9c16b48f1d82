import { endpoint } from '@/server/api/endpoint';
import { watchRunOperation } from '@/server/api/operations';
import { runEventStream } from '@/server/api/run-stream';

export const GET = endpoint(watchRunOperation, ({ ctx, params, request }) =>
  runEventStream(ctx, params.runId, request),
);
