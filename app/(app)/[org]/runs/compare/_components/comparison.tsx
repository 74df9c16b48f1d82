'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { ArrowLeftRight } from 'lucide-react';
import Link from 'next/link';
import { lazy, Suspense, useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import type { CompareRunsInput } from '@/lib/contracts/repair';
import { useTRPC } from '@/lib/trpc/client';
import { ComparedFacts } from './compared-facts';
import { ComparedSteps } from './compared-steps';

const LineDiff = lazy(() => import('@/components/agents/line-diff'));

/** Two runs side by side: numbers, what they were given and answered, and their steps. */
export function Comparison({ a, b }: CompareRunsInput) {
  const { slug } = useOrg();
  const { data } = useSuspenseQuery(useTRPC().runs.compare.queryOptions({ org: slug, a, b }));
  const [onlyChanges, setOnlyChanges] = useState(false);
  const changed = data.steps.filter(({ change }) => change !== 'same');
  return (
    <div className="mx-auto max-w-7xl pb-10">
      <PageHead
        title="Compare runs"
        actions={
          <>
            <Button variant="outline" asChild>
              <Link href={`/${slug}/runs/compare?a=${a}`}>Another run</Link>
            </Button>
            <Button variant="outline" asChild>
              <Link href={`/${slug}/runs/compare?a=${b}&b=${a}`}>
                <ArrowLeftRight /> Swap
              </Link>
            </Button>
          </>
        }
      />
      <div className="grid gap-6 px-4 sm:px-6">
        <ComparedFacts a={data.a} b={data.b} />
        <Difference title="Input" a={data.a.input} b={data.b.input} />
        <Difference title="Answer" a={data.a.output ?? ''} b={data.b.output ?? ''} />
        <section>
          <div className="flex items-center justify-between gap-3 pb-1.5">
            <h2 className="font-medium">Steps</h2>
            <Button
              variant="outline"
              size="sm"
              aria-pressed={onlyChanges}
              disabled={changed.length === 0}
              onClick={() => setOnlyChanges(!onlyChanges)}
            >
              {changed.length === 0
                ? 'All the same'
                : onlyChanges
                  ? 'Show all'
                  : `Only the ${changed.length} that differ`}
            </Button>
          </div>
          <ComparedSteps a={a} b={b} steps={onlyChanges ? changed : data.steps} />
        </section>
      </div>
    </div>
  );
}

function Difference({ title, a, b }: { title: string; a: string; b: string }) {
  return (
    <section>
      <h2 className="pb-1.5 font-medium">
        {title} {a === b && <span className="font-normal text-muted-foreground">is the same</span>}
      </h2>
      {a !== b && (
        <Suspense fallback={<Skeleton className="h-24" />}>
          <LineDiff before={a} after={b} />
        </Suspense>
      )}
    </section>
  );
}
