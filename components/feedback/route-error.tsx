'use client';

import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { ErrorState } from './error-state';

/** Body of every `error.tsx`: a retry asks the server again. */
export function RouteError({ error, retry }: { error: unknown; retry: () => void }) {
  const queries = useQueryErrorResetBoundary();
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
