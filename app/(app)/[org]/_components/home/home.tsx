'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { AgentState } from '@/components/agents/agent-state';
import { useOpenPanel } from '@/components/frame/open-panel';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { settingsPages } from '@/components/frame/settings-pages';
import { RunRow } from '@/components/run/run-row';
import { Button } from '@/components/ui/button';
import { ROLE_LABELS } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';
import { Day } from './day';
import { FirstAgent } from './first-agent';
import { WaitingRuns } from './waiting-runs';

/** What happened today, what waits for somebody, what ran last. */
export function Home() {
  return useOrg().can('runs:read') ? <Overview /> : <WithoutRuns />;
}

function WithoutRuns() {
  const { slug, role, can } = useOrg();
  const { label, does } = ROLE_LABELS[role];
  const pages = settingsPages(can).filter(({ path }) => path !== '/settings');
  return (
    <div className="mx-auto max-w-7xl pb-10">
      <PageHead title="Home" facts={`Your role is ${label}. ${does}`} />
      <ul className="flex flex-wrap gap-2 px-4 pt-2 sm:px-6">
        {pages.map((page) => (
          <li key={page.path}>
            <Button variant="outline" asChild>
              <Link href={`/${slug}${page.path}`}>{page.label}</Link>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Overview() {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const show = useOpenPanel();
  const { data } = useSuspenseQuery(trpc.runs.overview.queryOptions({ org: slug }, { refetchInterval: 15_000 }));
  const { data: agents } = useSuspenseQuery(trpc.agents.list.queryOptions({ org: slug, limit: 6 }));
  if (agents.items.length === 0 && data.recent.length === 0) return <FirstAgent />;
  return (
    <div className="mx-auto max-w-7xl pb-10">
      <PageHead
        title="Home"
        actions={
          can('agents:write') && (
            <Button onClick={() => show('new-agent')}>
              <Plus /> New agent
            </Button>
          )
        }
      />
      <Day overview={data} />
      {data.waiting.length > 0 && <WaitingRuns runs={data.waiting} />}
      <section aria-labelledby="recent" className="pt-6">
        <div className="flex items-baseline justify-between px-4 pb-2 sm:px-6">
          <h2 id="recent" className="font-semibold text-base">
            Last runs
          </h2>
          <Link href={`/${slug}/runs`} className="focus-ring rounded-sm text-muted-foreground hover:text-foreground">
            All runs
          </Link>
        </div>
        {data.recent.length === 0 ? (
          <p className="border-t px-4 py-4 text-muted-foreground sm:px-6">
            None yet. Open an agent and say something to it.
          </p>
        ) : (
          <ul className="border-t">
            {data.recent.map((run) => (
              <RunRow key={run.id} run={run} />
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="agents" className="px-4 pt-6 sm:px-6">
        <div className="flex items-baseline justify-between pb-2">
          <h2 id="agents" className="font-semibold text-base">
            Agents
          </h2>
          <Link href={`/${slug}/agents`} className="focus-ring rounded-sm text-muted-foreground hover:text-foreground">
            All agents
          </Link>
        </div>
        <ul className="grid grid-cols-1 gap-2 sm:grid-cols-2 lg:grid-cols-3">
          {agents.items.map((agent) => (
            <li
              key={agent.id}
              className="relative rounded-md border px-3 py-2.5 transition-colors hover:border-input hover:bg-accent/50"
            >
              <div className="flex items-center justify-between gap-3">
                <Link
                  href={`/${slug}/agents/${agent.id}`}
                  className="truncate font-medium outline-none after:absolute after:inset-0 after:rounded-md focus-visible:after:outline-2 focus-visible:after:outline-ring"
                >
                  {agent.name}
                </Link>
                <AgentState agent={agent} />
              </div>
              <p className="truncate text-muted-foreground text-xs">{agent.description || agent.model}</p>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
