import type { ListAgentsInput } from '@/lib/contracts/agents';

const STATUSES: Record<string, ListAgentsInput['status']> = {
  archived: ['archived'],
  draft: ['draft'],
  active: ['active'],
};

/** The list's filter out of the address. */
export const agentFilter = (params: URLSearchParams) => ({
  query: (params.get('q') ?? '').slice(0, 200),
  status: STATUSES[params.get('status') ?? ''] ?? (['draft', 'active'] as ListAgentsInput['status']),
});
