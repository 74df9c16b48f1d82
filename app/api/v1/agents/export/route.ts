import { exportAgents } from '@/server/agents/service';
import { endpoint } from '@/server/api/endpoint';
import { exportAgentsOperation } from '@/server/api/operations';

export const GET = endpoint(
  exportAgentsOperation,
  async ({ ctx, query: { agentId: agentIds, version } }) =>
    new Response(await exportAgents(ctx, { agentIds, version }), {
      headers: { 'content-type': 'application/yaml; charset=utf-8' },
    }),
);
