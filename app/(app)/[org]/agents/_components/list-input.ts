import type { ListAgentsInput } from '@/lib/contracts/agents';
import { MAX_QUERY } from '@/lib/contracts/paging';

const STATUSES = new Map<string | null, ListAgentsInput['status']>([
  ['archived', ['archived']],
  ['draft', ['draft']],
  ['active', ['active']],
]);

/** Tags in the address: apart by commas, which a tag may contain as well. */
export const parseTags = (params: URLSearchParams): string[] =>
  (params.get('tags') ?? '')
    .split(',')
    .flatMap((part) => {
      try {
        return part ? [decodeURIComponent(part).slice(0, 40)] : [];
      } catch {
        return [];
      }
    })
    .slice(0, 20);
export const formatTags = (tags: readonly string[]): string | null => tags.map(encodeURIComponent).join(',') || null;

/** The list's filter out of the address. */
export const agentFilter = (params: URLSearchParams) => ({
  query: (params.get('q') ?? '').slice(0, MAX_QUERY),
  ...(params.has('tags') && { tags: parseTags(params) }),
  status: STATUSES.get(params.get('status')) ?? (['draft', 'active'] as ListAgentsInput['status']),
});
