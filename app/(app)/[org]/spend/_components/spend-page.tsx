'use client';

import { Download } from 'lucide-react';
import { Suspense, useDeferredValue } from 'react';
import { BrowserOnly } from '@/components/data/browser-only';
import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import { CheckLine } from './check-line';
import { LedgerList } from './ledger-list';
import { RangePicker } from './range-picker';
import { SpendBudgets } from './spend-budgets';
import { SpendTables } from './spend-tables';
import { useSpend } from './use-spend';

/** Where the money went, what holds it back, and whether the books agree. */
export function SpendPage() {
  const [params] = useUrlParams();
  const { input } = useSpend();
  const shown = useDeferredValue(input);
  const file = new URLSearchParams(
    Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  return (
    <div className="mx-auto max-w-7xl pb-10">
      <PageHead
        title="Spend"
        facts={<CheckLine />}
        actions={
          <Button variant="outline" asChild>
            <a href={`/api/export/ledger?${file}`} download>
              <Download /> CSV
            </a>
          </Button>
        }
      />
      <RangePicker />
      <BrowserOnly when={params.has('workspace')} fallback={<ListSkeleton />}>
        <Suspense fallback={<ListSkeleton />}>
          <SpendTables input={shown} />
        </Suspense>
        <SpendBudgets />
        <Suspense fallback={<ListSkeleton />}>
          <LedgerList input={shown} />
        </Suspense>
      </BrowserOnly>
    </div>
  );
}
