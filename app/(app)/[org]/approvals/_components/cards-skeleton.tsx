import { Skeleton } from '@/components/ui/skeleton';

/** The shape of the cards while they are on their way. */
export function CardsSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="grid max-w-3xl gap-3 px-4 py-3 sm:px-6">
      {['a', 'b', 'c'].map((key) => (
        <div key={key} className="grid gap-2.5 rounded-md border px-3 py-3">
          <Skeleton className="h-4 w-2/3" />
          <Skeleton className="h-3 w-1/2" />
          <Skeleton className="h-12" />
          <Skeleton className="h-7 w-48" />
        </div>
      ))}
    </div>
  );
}
