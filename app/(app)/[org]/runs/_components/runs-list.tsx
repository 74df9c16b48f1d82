'use client';

import { Suspense } from 'react';
import { BrowserOnly } from '@/components/data/browser-only';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';
import { useUrlParams } from '@/components/frame/url-params';
import { QueryLine } from './query-line';
import { parseRunQuery } from './run-query';
import { RunRows } from './run-rows';

export function RunsList() {
  const [params] = useUrlParams();
  const narrowed = params.has('workspace') || parseRunQuery(params.get('q') ?? '').agent !== null;
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead title="Runs" />
      <QueryLine />
      <BrowserOnly when={narrowed} fallback={<ListSkeleton />}>
        <Suspense fallback={<ListSkeleton />}>
          <RunRows />
        </Suspense>
      </BrowserOnly>
    </div>
  );
}
