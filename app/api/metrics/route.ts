import { toResponse } from '@/server/api/problem';
import { NotFound } from '@/server/errors';
import { mayReadMetrics } from '@/server/telemetry/access';
import { scrape } from '@/server/telemetry/scrape';

export const dynamic = 'force-dynamic';

/** For Prometheus. Whoever may not read it is told that there is nothing. */
export async function GET(request: Request): Promise<Response> {
  if (!mayReadMetrics(request.headers)) return toResponse(new NotFound('page'), request);
  const { text, contentType } = await scrape();
  return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
}
