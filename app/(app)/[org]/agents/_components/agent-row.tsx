'use client';

import { Archive, ArchiveRestore, Copy, Download, MoreHorizontal } from 'lucide-react';
import Link from 'next/link';
import { AgentState } from '@/components/agents/agent-state';
import { exportAddress } from '@/components/agents/export-address';
import { useArchive } from '@/components/agents/use-archive';
import { useDuplicate } from '@/components/agents/use-duplicate';
import { SharedState } from '@/components/agents/visibility';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import type { AgentSummary } from '@/lib/contracts/agents';
import type { Selection } from './use-selection';

export function AgentRow({ agent, selection }: { agent: AgentSummary; selection: Selection }) {
  const { slug } = useOrg();
  return (
    <li
      data-agent-id={agent.id}
      className="group relative flex h-9 items-center gap-4 border-b pr-2 pl-4 transition-colors [contain-intrinsic-size:auto_36px] [content-visibility:auto] hover:bg-accent/60 has-[a:focus-visible]:bg-accent sm:pr-4 sm:pl-6"
    >
      <Checkbox
        className="relative z-[1]"
        aria-label={`Select ${agent.name}`}
        checked={selection.has(agent.id)}
        onCheckedChange={() => selection.toggle(agent.id)}
      />
      <div className="flex min-w-0 flex-1 items-baseline gap-3">
        <Link
          href={`/${slug}/agents/${agent.id}`}
          data-row-link
          className="max-w-full shrink-0 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
        >
          {agent.name}
        </Link>
        <SharedState agent={agent} />
        <span className="min-w-0 flex-1 truncate text-muted-foreground max-sm:hidden">{agent.description}</span>
      </div>
      {agent.tags.slice(0, 2).map((tag) => (
        <Badge key={tag} variant="outline" className="max-w-28 truncate max-lg:hidden">
          {tag}
        </Badge>
      ))}
      <span className="w-48 truncate font-mono text-muted-foreground text-xs max-md:hidden">{agent.model}</span>
      <AgentState agent={agent} className="w-28" />
      <RelativeTime
        date={agent.updatedAt}
        className="w-18 text-right text-muted-foreground text-xs tabular-nums max-sm:hidden"
      />
      <RowMenu agent={agent} />
    </li>
  );
}

function RowMenu({ agent }: { agent: AgentSummary }) {
  const { slug, can } = useOrg();
  const { archive, restore } = useArchive();
  const duplicate = useDuplicate();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${agent.name}`} className="relative">
          <MoreHorizontal className="text-muted-foreground" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {can('agents:write') && (
          <DropdownMenuItem onSelect={() => duplicate(agent)}>
            <Copy /> Duplicate
          </DropdownMenuItem>
        )}
        <DropdownMenuItem asChild>
          <a href={exportAddress(slug, [agent.id])} download>
            <Download /> Export as YAML
          </a>
        </DropdownMenuItem>
        {can('agents:archive') && (
          <DropdownMenuItem onSelect={() => (agent.status === 'archived' ? restore : archive)(agent)}>
            {agent.status === 'archived' ? <ArchiveRestore /> : <Archive />}
            {agent.status === 'archived' ? 'Restore' : 'Archive'}
          </DropdownMenuItem>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
