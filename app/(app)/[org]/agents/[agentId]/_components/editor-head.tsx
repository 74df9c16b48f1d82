'use client';

import { Archive, ArchiveRestore, Code, Copy, Download, History, MoreHorizontal, Share2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { AgentState } from '@/components/agents/agent-state';
import { exportAddress } from '@/components/agents/export-address';
import { useArchive } from '@/components/agents/use-archive';
import { useDuplicate } from '@/components/agents/use-duplicate';
import { VISIBILITIES } from '@/components/agents/visibility';
import { Id } from '@/components/data/id';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import type { Agent } from '@/lib/contracts/agents';
import { ApiDialog } from './api-dialog';
import { DraftStatus } from './draft/draft-status';
import type { Draft } from './draft/use-draft';
import { PublishDialog } from './publish/publish-dialog';
import { ShareDialog } from './share/share-dialog';

export function EditorHead({ agent, draft }: { agent: Agent; draft: Draft }) {
  const { slug, can } = useOrg();
  const [publishing, setPublishing] = useState(false);
  const [sharing, setSharing] = useState(false);
  const { icon: VisibilityIcon } = VISIBILITIES[agent.visibility];
  const archived = agent.status === 'archived';
  const nothingNew = draft.phase === 'saved' && !agent.unpublishedChanges;
  return (
    <header className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-2 sm:px-6">
      <div className="min-w-0 flex-1">
        <h1 className="flex min-w-0 items-baseline gap-1.5 text-lg">
          <Link
            href={`/${slug}/agents`}
            className="focus-ring rounded-sm text-muted-foreground hover:text-foreground max-sm:hidden"
          >
            Agents
          </Link>
          <span className="text-muted-foreground max-sm:hidden" aria-hidden>
            ›
          </span>
          <span className="truncate font-semibold">{draft.values.name || 'Untitled'}</span>
        </h1>
      </div>
      <div className="flex items-center gap-3">
        <DraftStatus draft={draft} />
        <AgentState agent={agent} className="max-sm:hidden" />
      </div>
      <div className="flex items-center gap-1.5">
        <Button variant="ghost" asChild className="max-sm:hidden">
          <Link href={`/${slug}/agents/${agent.id}/versions`}>
            <History /> Versions
          </Link>
        </Button>
        <Button variant="ghost" className="max-sm:hidden" onClick={() => setSharing(true)}>
          <VisibilityIcon /> Share
        </Button>
        {can('agents:publish') && !archived && (
          <Button
            disabled={nothingNew || draft.phase === 'conflict' || draft.phase === 'invalid'}
            onClick={() => setPublishing(true)}
          >
            {nothingNew ? 'Published' : 'Publish'}
          </Button>
        )}
        <MoreMenu agent={agent} onShare={() => setSharing(true)} />
      </div>
      {sharing && <ShareDialog agent={agent} onClose={() => setSharing(false)} />}
      {publishing && <PublishDialog agent={agent} draft={draft} onClose={() => setPublishing(false)} />}
    </header>
  );
}

function MoreMenu({ agent, onShare }: { agent: Agent; onShare: () => void }) {
  const { slug, can } = useOrg();
  const { archive, restore } = useArchive();
  const duplicate = useDuplicate();
  const [calling, setCalling] = useState(false);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="More">
            <MoreHorizontal />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="w-56">
          <DropdownMenuItem asChild>
            <Link href={`/${slug}/runs?q=${encodeURIComponent(`agent:${agent.id}`)}`}>
              <History /> Runs of this agent
            </Link>
          </DropdownMenuItem>
          <DropdownMenuItem asChild className="sm:hidden">
            <Link href={`/${slug}/agents/${agent.id}/versions`}>
              <History /> Versions
            </Link>
          </DropdownMenuItem>
          <DropdownMenuItem className="sm:hidden" onSelect={onShare}>
            <Share2 /> Share
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => setCalling(true)}>
            <Code /> Call it over HTTP
          </DropdownMenuItem>
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
          {can('agents:archive') &&
            (agent.status === 'archived' ? (
              <DropdownMenuItem onSelect={() => restore(agent)}>
                <ArchiveRestore /> Restore
              </DropdownMenuItem>
            ) : (
              <DropdownMenuItem onSelect={() => archive(agent)}>
                <Archive /> Archive
              </DropdownMenuItem>
            ))}
          <DropdownMenuSeparator />
          <div className="flex items-center justify-between px-2 py-1 text-muted-foreground text-xs">
            Id <Id id={agent.id} />
          </div>
        </DropdownMenuContent>
      </DropdownMenu>
      {calling && <ApiDialog agent={agent} onClose={() => setCalling(false)} />}
    </>
  );
}
