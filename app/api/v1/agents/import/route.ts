import { importAgents } from '@/server/agents/service';
import { endpoint } from '@/server/api/endpoint';
import { importAgentsOperation } from '@/server/api/operations';

export const POST = endpoint(importAgentsOperation, ({ ctx, body }) => importAgents(ctx, body));
