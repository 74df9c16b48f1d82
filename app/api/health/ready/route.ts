import { readiness } from '@/server/health';

export const dynamic = 'force-dynamic';

/** The process can do its work: 503 while the database does not answer. */
export async function GET(): Promise<Response> {
  const { ready, checks } = await readiness();
  return Response.json(
    { status: ready ? 'ready' : 'not ready', checks },
    { status: ready ? 200 : 503, headers: ready ? {} : { 'retry-after': '5' } },
  );
}
