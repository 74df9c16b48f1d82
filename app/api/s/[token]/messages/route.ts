import { SayInput } from '@/lib/contracts/public-links';
import { readJson, visitEndpoint, visitorCookie } from '@/server/api/visit-endpoint';
import { say } from '@/server/public-links/service';

export const POST = visitEndpoint(async (visit, { request }) => {
  const { sealed, ...said } = await say(visit, SayInput.parse(await readJson(request)));
  const headers = { 'set-cookie': visitorCookie(visit.token, sealed, request) };
  return Response.json(said, { status: 201, headers });
});
