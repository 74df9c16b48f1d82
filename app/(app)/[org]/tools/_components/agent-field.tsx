'use client';

import { useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import { Field } from '@/components/ui/field';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { useTRPC } from '@/lib/trpc/client';

/** Whose connectors the tool is tried with. */
export function AgentField({ value, onAgent }: { value: string; onAgent: (agentId: string) => void }) {
  const { slug } = useOrg();
  const { data } = useQuery(useTRPC().agents.list.queryOptions({ org: slug, limit: 100 }));
  return (
    <Field label="As agent" help="The draft of this agent says which connectors there are.">
      {({ id }) => (
        <Select value={value} onValueChange={onAgent}>
          <SelectTrigger id={id}>
            <SelectValue placeholder="Choose" />
          </SelectTrigger>
          <SelectContent>
            {data?.items.map((agent) => (
              <SelectItem key={agent.id} value={agent.id}>
                {agent.name}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
    </Field>
  );
}
