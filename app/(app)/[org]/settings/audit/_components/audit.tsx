'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Suspense, useDeferredValue, useEffect, useState } from 'react';
import { FilterLimit } from '@/components/data/filter-limit';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { EmptyState } from '@/components/feedback/empty-state';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { Input } from '@/components/ui/input';
import { MAX_QUERY } from '@/lib/contracts/paging';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { AuditRow } from './audit-row';

export function Audit() {
  const [params, set] = useUrlParams();
  const applied = params.get('q') ?? '';
  const [text, setText] = useState(applied);
  useEffect(() => {
    const timer = setTimeout(() => text !== applied && set({ q: text || null }), 250);
    return () => clearTimeout(timer);
  }, [text, applied, set]);
  return (
    <SettingsSection level={1} title="Audit" help="Who changed what, and what was refused. Nothing here can be edited.">
      <search className="block pb-3">
        <Input
          data-filter
          type="search"
          aria-label="Filter the audit"
          placeholder="Part of an action or a resource id, as in agent.publish"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="text-sm"
        />
        <FilterLimit length={text.length} />
      </search>
      <Suspense fallback={<ListSkeleton />}>
        <Entries query={useDeferredValue(applied.slice(0, MAX_QUERY))} />
      </Suspense>
    </SettingsSection>
  );
}

function Entries({ query }: { query: string }) {
  const { slug } = useOrg();
  const list = useSuspenseInfiniteQuery(useTRPC().audit.list.infiniteQueryOptions({ org: slug, query }, paged));
  const entries = list.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) return <EmptyState title={query ? 'No entry matches' : 'Nothing happened yet'} />;
  return (
    <>
      <ul className="divide-y border-y">
        {entries.map((entry) => (
          <AuditRow key={entry.id} entry={entry} />
        ))}
      </ul>
      <LoadMore list={list} />
    </>
  );
}
