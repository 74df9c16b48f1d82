import { RunRef } from '@/lib/contracts/runs';
import { visitEndpoint } from '@/server/api/visit-endpoint';
import { stopAnswer } from '@/server/public-links/service';

export const POST = visitEndpoint(async (visit, { params }) => {
  await stopAnswer(visit, RunRef.parse(params).runId);
  return Response.json({ stopped: true });
});
