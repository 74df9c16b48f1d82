'use client';

import { useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';

/** What a list needs to tell of itself: part of any infinite query. */
interface PagedList {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
}

/** The end of a paged list: the next page is asked for when it comes into view. */
export function LoadMore({ list }: { list: PagedList }) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError: failed, fetchNextPage } = list;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element || !hasNextPage || isFetchingNextPage || failed) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) fetchNextPage();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, failed, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div ref={end} className="flex h-12 items-center justify-center text-muted-foreground text-xs">
      {failed ? (
        <Button variant="outline" size="sm" onClick={() => fetchNextPage()}>
          The rest could not be loaded. Try again
        </Button>
      ) : (
        'Loading more…'
      )}
    </div>
  );
}
