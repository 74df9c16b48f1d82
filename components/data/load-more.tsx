'use client';

import { useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';

/** The end of a paged list: the next page is asked for when it comes into view. */
export function LoadMore({
  hasMore,
  loading,
  failed,
  load,
}: {
  hasMore: boolean;
  loading: boolean;
  failed: boolean;
  load: () => void;
}) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element || !hasMore || loading || failed) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) load();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasMore, loading, failed, load]);
  if (!hasMore) return null;
  return (
    <div ref={end} className="flex h-12 items-center justify-center text-muted-foreground text-xs">
      {failed ? (
        <Button variant="outline" size="sm" onClick={load}>
          The rest could not be loaded. Try again
        </Button>
      ) : (
        'Loading more…'
      )}
    </div>
  );
}
