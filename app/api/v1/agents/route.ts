import { createAgent, listAgents } from '@/server/agents/service';
import { endpoint } from '@/server/api/endpoint';
import { createAgentOperation, listAgentsOperation } from '@/server/api/operations';

export const GET = endpoint(listAgentsOperation, ({ ctx, query }) =>
  listAgents(ctx, { ...query, status: query.status ?? ['draft', 'active'] }),
);

export const POST = endpoint(createAgentOperation, ({ ctx, body, once }) => createAgent(ctx, body, once));
