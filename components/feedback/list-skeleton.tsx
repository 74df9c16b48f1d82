import { Skeleton } from '@/components/ui/skeleton';

const WIDTHS = [38, 52, 31, 46, 60, 35, 49, 42];

/** The shape of a list while its rows are on their way. */
export function ListSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="border-t">
      {WIDTHS.slice(0, rows).map((width) => (
        <div key={width} className="flex h-9 items-center gap-4 border-b px-4 sm:px-6">
          <Skeleton className="h-3" style={{ width: `${width}%` }} />
          <Skeleton className="ml-auto h-3 w-24 max-sm:hidden" />
          <Skeleton className="h-3 w-14" />
        </div>
      ))}
    </div>
  );
}
