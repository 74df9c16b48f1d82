'use client';

import { useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { useTRPC } from '@/lib/trpc/client';

const ALL = 'all';

/** Narrows the inbox to one agent, in the address. */
export function AgentFilter() {
  const { slug, can } = useOrg();
  const [params, set] = useUrlParams();
  const { data } = useQuery(
    useTRPC().agents.list.queryOptions({ org: slug, limit: 100 }, { enabled: can('agents:read') }),
  );
  if (!data || data.items.length === 0) return null;
  return (
    <Select value={params.get('agent') ?? ALL} onValueChange={(agent) => set({ agent: agent === ALL ? null : agent })}>
      <SelectTrigger aria-label="Agent" className="w-44">
        <SelectValue />
      </SelectTrigger>
      <SelectContent align="end">
        <SelectItem value={ALL}>All agents</SelectItem>
        {data.items.map(({ id, name }) => (
          <SelectItem key={id} value={id}>
            {name}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
