import { Skeleton } from '@/components/ui/skeleton';

export default function Loading() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-3 px-4 py-4 sm:px-6">
      <Skeleton className="h-5 w-64" />
      <Skeleton className="h-8 w-full max-w-2xl" />
      <Skeleton className="mt-4 h-4 w-full" />
      <Skeleton className="h-4 w-4/5" />
      <Skeleton className="h-4 w-3/5" />
    </div>
  );
}
