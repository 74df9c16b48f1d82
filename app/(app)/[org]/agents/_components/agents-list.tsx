'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Plus, TextQuote, Upload } from 'lucide-react';
import Link from 'next/link';
import { Suspense, useDeferredValue, useState } from 'react';
import { useCreateAgent } from '@/components/agents/use-create-agent';
import { BrowserOnly } from '@/components/data/browser-only';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { EmptyState } from '@/components/feedback/empty-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useOpenPanel } from '@/components/frame/open-panel';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { useUrlParams } from '@/components/frame/url-params';
import { useWorkspace } from '@/components/frame/workspace';
import { Button } from '@/components/ui/button';
import { ASSISTANT } from '@/lib/agent-templates';
import { useTRPC } from '@/lib/trpc/client';
import { AgentRow } from './agent-row';
import { AgentsFilter } from './agents-filter';
import { ImportDialog } from './import-dialog';
import { agentFilter } from './list-input';
import { SelectionBar } from './selection-bar';
import { useSelection } from './use-selection';

export function AgentsList() {
  const { can, slug } = useOrg();
  const show = useOpenPanel();
  const [importing, setImporting] = useState(false);
  const narrowed = useUrlParams()[0].has('workspace');
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="Agents"
        actions={
          <>
            <Button variant="outline" asChild>
              <Link href={`/${slug}/agents/partials`}>
                <TextQuote /> Partials
              </Link>
            </Button>
            {can('agents:write') && (
              <>
                <Button variant="outline" onClick={() => setImporting(true)}>
                  <Upload /> Import
                </Button>
                <Button onClick={() => show('new-agent')}>
                  <Plus /> New agent
                </Button>
              </>
            )}
          </>
        }
      />
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
      <AgentsFilter />
      <BrowserOnly when={narrowed} fallback={<ListSkeleton />}>
        <Suspense fallback={<ListSkeleton />}>
          <Rows />
        </Suspense>
      </BrowserOnly>
    </div>
  );
}

function Rows() {
  const { slug } = useOrg();
  const { workspace } = useWorkspace();
  const [params] = useUrlParams();
  const filter = useDeferredValue(params.toString());
  const input = agentFilter(new URLSearchParams(filter));
  const list = useSuspenseInfiniteQuery(
    useTRPC().agents.list.infiniteQueryOptions(
      { org: slug, ...input, ...(workspace && { workspaceId: workspace.id }) },
      paged,
    ),
  );
  const agents = list.data.pages.flatMap((page) => page.items);
  const selection = useSelection(agents);
  if (agents.length === 0)
    return <Nothing filtered={input.query !== '' || params.has('status') || params.has('tags')} />;
  return (
    <div aria-busy={filter !== params.toString()}>
      <ul className="border-t">
        {agents.map((agent) => (
          <AgentRow key={agent.id} agent={agent} selection={selection} />
        ))}
      </ul>
      <LoadMore list={list} />
      <SelectionBar selection={selection} agents={agents} />
    </div>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { can } = useOrg();
  const [, set] = useUrlParams();
  const { create, busy } = useCreateAgent();
  if (filtered) {
    return (
      <EmptyState
        title="No agent matches"
        action={
          <Button variant="outline" onClick={() => set({ q: null, status: null, tags: null })}>
            Clear the filter
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      title="No agents yet"
      action={
        can('agents:write') && (
          <Button disabled={busy} onClick={() => create(ASSISTANT)}>
            Try an example agent
          </Button>
        )
      }
    >
      An agent is instructions, a model and tools. The example runs on a sandbox model: no key, no cost.
    </EmptyState>
  );
}
