'use client';

import { Suspense } from 'react';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';
import { QueryLine } from './query-line';
import { RunRows } from './run-rows';

export function RunsList() {
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead title="Runs" />
      <QueryLine />
      <Suspense fallback={<ListSkeleton />}>
        <RunRows />
      </Suspense>
    </div>
  );
}
