import { getAgent } from '@/server/agents/service';
import { endpoint } from '@/server/api/endpoint';
import { getAgentOperation } from '@/server/api/operations';

export const GET = endpoint(getAgentOperation, ({ ctx, params }) => getAgent(ctx, params));
