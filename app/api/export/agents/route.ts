import { OrgInput } from '@/lib/contracts/people';
import { exportAgents } from '@/server/agents/service';
import { exportAgentsOperation } from '@/server/api/operations';
import { toResponse } from '@/server/api/problem';
import { recordDenied } from '@/server/audit/service';
import type { OrgContext } from '@/server/context';
import { Forbidden, Unauthorized } from '@/server/errors';
import { openOrganization } from '@/server/organizations/service';
import { createContext } from '@/server/trpc/init';

/** Agents as a YAML file, for a browser that is signed in. */
export async function GET(request: Request): Promise<Response> {
  let org: OrgContext | undefined;
  try {
    const ctx = await createContext({ headers: request.headers });
    const { session } = ctx;
    if (!session) throw new Unauthorized('Sign in first.');
    const query = Object.fromEntries(new URL(request.url).searchParams);
    org = await openOrganization({ ...ctx, session }, OrgInput.parse(query).org);
    const { agentId: agentIds, version } = exportAgentsOperation.query.parse(query);
    return new Response(await exportAgents(org, { agentIds, version }), {
      headers: {
        'content-type': 'application/yaml; charset=utf-8',
        'content-disposition': `attachment; filename="${agentIds.length === 1 ? 'agent' : 'agents'}.yaml"`,
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    if (error instanceof Forbidden && org) await recordDenied(org, 'GET /api/export/agents');
    return toResponse(error, request);
  }
}
