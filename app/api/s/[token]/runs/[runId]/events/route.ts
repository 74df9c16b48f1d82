import { RunRef } from '@/lib/contracts/runs';
import { visitEndpoint } from '@/server/api/visit-endpoint';
import { visitorStream } from '@/server/api/visit-stream';

export const GET = visitEndpoint((visit, { params, request }) =>
  visitorStream(visit, RunRef.parse(params).runId, request),
);
