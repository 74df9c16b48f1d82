import { isEnded } from '@/lib/contracts/runs';
import { endpoint } from '@/server/api/endpoint';
import { startRunOperation } from '@/server/api/operations';
import { runEventStream } from '@/server/api/run-stream';
import { getRunResult, startRun } from '@/server/runs/service';
import { waitForRun } from '@/server/runs/watch';

export const POST = endpoint(startRunOperation, async ({ ctx, params, body, once, request }) => {
  const { stream, async: atOnce, ...input } = body;
  const run = await startRun(ctx, { ...input, ...params }, 'api', once);
  if (stream) return runEventStream(ctx, run.id, request);
  if (!atOnce) await waitForRun(ctx, run.id, request.signal);
  const result = await getRunResult(ctx, { runId: run.id });
  const location = `/api/v1/runs/${run.id}`;
  return Response.json(result, { status: isEnded(result.status) && !atOnce ? 200 : 202, headers: { location } });
});
