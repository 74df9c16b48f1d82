'use client';

import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { ErrorState } from '@/components/feedback/error-state';
import { useSpanPayload } from '@/components/run/use-span-payload';
import { Skeleton } from '@/components/ui/skeleton';
import type { JsonValue } from '@/lib/contracts/json';
import type { Span } from '@/lib/contracts/runs';

const LineDiff = lazy(() => import('@/components/agents/line-diff'));

interface Side {
  runId: string;
  span: Span;
}

/** What went into a step and came out of it in both runs; read once its line is opened. */
export function StepDifference({ a, b }: { a: Side | null; b: Side | null }) {
  const mark = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const details = mark.current?.closest('details');
    const onToggle = () => details?.open && setOpen(true);
    details?.addEventListener('toggle', onToggle);
    return () => details?.removeEventListener('toggle', onToggle);
  }, []);
  return (
    <div ref={mark} className="px-3 pb-3">
      {isOpen && <Opened a={a} b={b} />}
    </div>
  );
}

function Opened({ a, b }: { a: Side | null; b: Side | null }) {
  const [before, after] = [usePayload(a), usePayload(b)];
  const failed = [before, after].find(({ error }) => error);
  if (failed) return <ErrorState error={failed.error} retry={failed.retry} />;
  if (before.isPending || after.isPending) return <Skeleton className="h-24" />;
  return (
    <Suspense fallback={<Skeleton className="h-24" />}>
      <div className="grid gap-3">
        {(['input', 'output'] as const).map((part) => (
          <div key={part}>
            <h3 className="pb-1 text-muted-foreground text-xs">{part === 'input' ? 'Given' : 'Answered'}</h3>
            <LineDiff before={textOf(before.data?.[part])} after={textOf(after.data?.[part])} />
          </div>
        ))}
      </div>
    </Suspense>
  );
}

/** Of a step that a run does not have: nothing, at once. */
function usePayload(side: Side | null) {
  const payload = useSpanPayload(side?.runId ?? '', side?.span ?? NO_SPAN, side !== null);
  return {
    data: payload.data,
    isPending: side !== null && payload.isPending,
    error: side === null ? null : payload.error,
    retry: () => void payload.refetch(),
  };
}

const NO_SPAN = { seq: 0, revision: 0 };

const textOf = (value: JsonValue | null | undefined): string =>
  value === null || value === undefined ? '' : JSON.stringify(value, null, 2);
