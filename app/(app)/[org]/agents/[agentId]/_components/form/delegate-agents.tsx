'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '@/components/ui/command';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import type { AgentTool } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';

const namesIn = ({ settings }: AgentTool): string[] =>
  Array.isArray(settings?.agents) ? settings.agents.filter((name) => typeof name === 'string') : [];

/** Whom an agent may give tasks to: published agents, by name. */
export function DelegateAgents({
  tool,
  readonly,
  onTool,
}: {
  tool: AgentTool;
  readonly: boolean;
  onTool: (tool: AgentTool) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const { slug } = useOrg();
  const agents = useQuery(
    useTRPC().agents.list.queryOptions({ org: slug, status: ['active'], limit: 100 }, { enabled: isOpen }),
  );
  const chosen = namesIn(tool);
  const others = (agents.data?.items ?? []).map(({ name }) => name).filter((name) => !chosen.includes(name));
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name];
    onTool({ ...tool, settings: { ...tool.settings, agents: next } });
  };
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 pb-2.5 sm:pl-10">
      <Popover open={isOpen} onOpenChange={setOpen}>
        <PopoverTrigger asChild>
          <Button variant="outline" disabled={readonly} className="max-w-full" aria-label="Agents it may ask">
            <span className="truncate">{chosen.length > 0 ? chosen.join(', ') : 'Choose agents it may ask'}</span>
            <ChevronsUpDown className="text-muted-foreground" />
          </Button>
        </PopoverTrigger>
        <PopoverContent align="start" className="w-72 p-0">
          <Command>
            <CommandInput placeholder="Find an agent" />
            <CommandList>
              <CommandEmpty>{agents.isPending ? 'One moment …' : 'No published agent of this name.'}</CommandEmpty>
              {[...chosen, ...others].map((name) => (
                <CommandItem key={name} value={name} onSelect={() => toggle(name)}>
                  <Checkbox checked={chosen.includes(name)} tabIndex={-1} aria-hidden />
                  <span className="truncate">{name}</span>
                </CommandItem>
              ))}
            </CommandList>
          </Command>
        </PopoverContent>
      </Popover>
      {chosen.length === 0 && <span className="text-waiting text-xs">It may ask nobody yet.</span>}
    </div>
  );
}
