import { isEnded } from '@/lib/contracts/runs';
import { jsonObjectOf } from '@/lib/structured-output';
import { endpoint } from '@/server/api/endpoint';
import { startRunOperation } from '@/server/api/operations';
import { runEventStream } from '@/server/api/run-stream';
import { getRunResult, startRun } from '@/server/runs/service';
import { orStopping, startAndWait, startWatched } from '@/server/runs/watch';

export const POST = endpoint(startRunOperation, async ({ ctx, params, body, once, request }) => {
  const { stream, async: atOnce, ...rest } = body;
  const input = { ...rest, ...params };
  if (stream) {
    const { runId, watch } = await startWatched(ctx, input, 'api', once);
    return runEventStream(ctx, runId, request, watch);
  }
  const result = atOnce
    ? await getRunResult(ctx, { runId: (await startRun(ctx, input, 'api', once)).id })
    : await startAndWait(ctx, input, 'api', { once, signal: orStopping(request.signal) });
  const location = `/api/v1/runs/${result.id}`;
  const answer = { ...result, outputJson: jsonObjectOf(result.output ?? '') ?? null };
  return Response.json(answer, { status: isEnded(result.status) && !atOnce ? 200 : 202, headers: { location } });
});
