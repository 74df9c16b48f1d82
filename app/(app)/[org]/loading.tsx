import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { Skeleton } from '@/components/ui/skeleton';

export default function Loading() {
  return (
    <div className="mx-auto max-w-7xl">
      <div className="flex h-13 items-center px-4 sm:px-6">
        <Skeleton className="h-5 w-24" />
      </div>
      <div className="px-4 pb-6 sm:px-6">
        <Skeleton className="h-52 rounded-md" />
      </div>
      <ListSkeleton rows={6} />
    </div>
  );
}
