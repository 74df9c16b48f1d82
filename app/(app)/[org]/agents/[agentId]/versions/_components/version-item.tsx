'use client';

import { Undo2 } from 'lucide-react';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Tooltip } from '@/components/ui/tooltip';
import type { AgentVersionSummary } from '@/lib/contracts/agents';

export function VersionItem({
  version: { version, note, createdByName, createdAt, contentHash },
  isLive,
  isShown,
  archived,
  onShow,
  onRestore,
}: {
  version: AgentVersionSummary;
  isLive: boolean;
  isShown: boolean;
  archived: boolean;
  onShow: () => void;
  onRestore: () => void;
}) {
  const { can } = useOrg();
  return (
    <li className="relative flex gap-3 pb-1 before:absolute before:top-5 before:bottom-0 before:left-[7px] before:w-px before:bg-border last:before:hidden">
      <span
        aria-hidden
        className={cn(
          'relative mt-3 size-[15px] shrink-0 rounded-full border-2 bg-background',
          isLive && 'border-success',
        )}
      />
      <div className={cn('flex min-w-0 flex-1 items-start gap-2 rounded-md px-2 py-1.5', isShown && 'bg-accent')}>
        <button
          type="button"
          data-row-link
          onClick={onShow}
          aria-pressed={isShown}
          className="focus-ring min-w-0 flex-1 rounded-sm text-left"
        >
          <span className="flex items-center gap-2">
            <span className="font-medium tabular-nums">Version {version}</span>
            {isLive && <Badge variant="accent">Live</Badge>}
            <span className="font-mono text-2xs text-muted-foreground">{contentHash.slice(0, 7)}</span>
          </span>
          {note && <span className="block truncate">{note}</span>}
          <span className="block text-muted-foreground text-xs">
            {createdByName ?? 'Somebody who left'} · <RelativeTime date={createdAt} />
          </span>
        </button>
        {!isLive && !archived && can('agents:publish') && (
          <Tooltip label="Go back to this version">
            <Button variant="ghost" size="icon-sm" aria-label={`Go back to version ${version}`} onClick={onRestore}>
              <Undo2 className="text-muted-foreground" />
            </Button>
          </Tooltip>
        )}
      </div>
    </li>
  );
}
