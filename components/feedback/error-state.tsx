'use client';

import { RotateCw, TriangleAlert } from 'lucide-react';
import { Id } from '@/components/data/id';
import { Button } from '@/components/ui/button';
import { apiErrorOf } from './api-error';

function signInAgain() {
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** What happened, what to do, a retry, the request id. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { message, code, requestId } = apiErrorOf(error);
  return (
    <div role="alert" className="flex flex-col items-start gap-3 px-4 py-10 sm:px-6">
      <div className="flex items-start gap-2">
        <TriangleAlert className="mt-0.5 size-4 shrink-0 text-destructive" aria-hidden />
        <div>
          <p className="font-medium text-base">{message}</p>
          {requestId && (
            <p className="text-muted-foreground">
              Request <Id id={requestId} />
            </p>
          )}
        </div>
      </div>
      {code === 'UNAUTHORIZED' && <Button onClick={signInAgain}>Sign in again</Button>}
      {retry && code !== 'UNAUTHORIZED' && (
        <Button variant="outline" onClick={retry}>
          <RotateCw /> Try again
        </Button>
      )}
    </div>
  );
}
