'use client';

import { Suspense } from 'react';
import { PageHead } from '@/components/frame/page-head';
import { useUrlParams } from '@/components/frame/url-params';
import { Kbd } from '@/components/ui/kbd';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { AgentFilter } from './agent-filter';
import { Cards } from './cards';
import { CardsSkeleton } from './cards-skeleton';
import { inboxFilter } from './inbox-filter';

const TABS = { open: 'Open', decided: 'Decided' };

/** What runs wait for people to decide, and what was decided. */
export function Inbox() {
  const [params, set] = useUrlParams();
  const filter = inboxFilter(params);
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="Approvals"
        facts={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 max-sm:hidden pointer-coarse:hidden">
            <Hint keys={['j', 'k']}>move</Hint> <Hint keys={['a']}>approve or answer</Hint>{' '}
            <Hint keys={['e']}>edit</Hint> <Hint keys={['d']}>deny</Hint>
          </span>
        }
        actions={<AgentFilter />}
      />
      <Tabs value={filter.state} onValueChange={(state) => set({ state: state === 'open' ? null : state })}>
        <TabsList aria-label="State" className="px-4 sm:px-6">
          {Object.entries(TABS).map(([state, label]) => (
            <TabsTrigger key={state} value={state}>
              {label}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value={filter.state} className="outline-none">
          <Suspense key={JSON.stringify(filter)} fallback={<CardsSkeleton />}>
            <Cards filter={filter} />
          </Suspense>
        </TabsContent>
      </Tabs>
    </div>
  );
}

const Hint = ({ keys, children }: { keys: string[]; children: string }) => (
  <span className="inline-flex items-center gap-1">
    {keys.map((key) => (
      <Kbd key={key}>{key}</Kbd>
    ))}
    {children}
  </span>
);
