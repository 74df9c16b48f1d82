'use client';

import { Archive, ArchiveRestore, Download, Tag, X } from 'lucide-react';
import { useState } from 'react';
import { exportAddress } from '@/components/agents/export-address';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { AgentSummary } from '@/lib/contracts/agents';
import { TagDialog } from './tag-dialog';
import { useBulk } from './use-bulk';
import type { Selection } from './use-selection';

/** Appears with the first marked agent: what can be done to all of them. */
export function SelectionBar({ selection, agents }: { selection: Selection; agents: readonly AgentSummary[] }) {
  const { slug, can } = useOrg();
  const { change, busy } = useBulk();
  const [tagging, setTagging] = useState(false);
  const { ids } = selection;
  const chosen = agents.filter(({ id }) => selection.has(id));
  if (chosen.length === 0) return null;
  const archived = chosen.every(({ status }) => status === 'archived');
  const act = (type: 'archive' | 'restore') => {
    change(ids, { type });
    selection.clear();
  };
  return (
    <section
      aria-label="Selected agents"
      className="sticky bottom-4 z-10 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center gap-1.5 rounded-md border bg-popover py-1.5 pr-1.5 pl-3 shadow-float"
    >
      <span role="status" className="pr-1.5 tabular-nums">
        {chosen.length} selected
      </span>
      {chosen.length < agents.length && (
        <Button size="sm" variant="ghost" onClick={selection.all}>
          All {Math.min(agents.length, 100)} shown
        </Button>
      )}
      {can('agents:write') && !archived && (
        <Button size="sm" variant="outline" disabled={busy} onClick={() => setTagging(true)}>
          <Tag /> Tags
        </Button>
      )}
      {can('agents:archive') &&
        (archived ? (
          <Button size="sm" variant="outline" disabled={busy} onClick={() => act('restore')}>
            <ArchiveRestore /> Restore
          </Button>
        ) : (
          <Button size="sm" variant="outline" disabled={busy} onClick={() => act('archive')}>
            <Archive /> Archive
          </Button>
        ))}
      <Button size="sm" variant="outline" asChild>
        <a href={exportAddress(slug, ids)} download>
          <Download /> Export
        </a>
      </Button>
      <Button size="icon-sm" variant="ghost" aria-label="Clear the selection" onClick={selection.clear}>
        <X />
      </Button>
      {tagging && <TagDialog agents={chosen} onClose={() => setTagging(false)} />}
    </section>
  );
}
