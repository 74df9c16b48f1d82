'use client';

import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { isApiError } from '@/lib/trpc/client';
import { ErrorState } from './error-state';
import { ListSkeleton } from './list-skeleton';

const AGAIN_MS = 10_000;
const asked = new Map<string, number>();

/** When the line came back; what was asked for before may fail only after that. */
let backAt = 0;
if (typeof window !== 'undefined') {
  window.addEventListener('online', () => {
    backAt = Date.now();
  });
}

/** Once in a while per address: a failure that stays is shown, not asked for for ever. */
const wasAskedLately = (): boolean => Date.now() - (asked.get(window.location.pathname) ?? 0) < AGAIN_MS;

/**
 * Body of every `error.tsx`. A failure from the server's rendering has lost what it said on the way, so the data is
 * asked for once more from here before anything is shown.
 */
export function RouteError({ error, reset, retry }: { error: unknown; reset: () => void; retry: () => void }) {
  const queries = useQueryErrorResetBoundary();
  const [asking] = useState(() => typeof window !== 'undefined' && !isApiError(error) && !wasAskedLately());
  useEffect(() => {
    if (!asking) return;
    asked.set(window.location.pathname, Date.now());
    queries.reset();
    reset();
  }, [asking, queries, reset]);
  useEffect(() => {
    // What broke off with the line comes back with it; a piece of the program may be missing, so the whole page.
    const reload = () => window.location.reload();
    if (Date.now() - backAt < AGAIN_MS) reload();
    window.addEventListener('online', reload);
    return () => window.removeEventListener('online', reload);
  }, []);
  if (asking) return <ListSkeleton />;
  return (
    <ErrorState
      error={error}
      retry={() => {
        queries.reset();
        retry();
      }}
    />
  );
}
