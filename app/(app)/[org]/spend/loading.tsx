import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';
import { Skeleton } from '@/components/ui/skeleton';

export default function Loading() {
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead title="Spend" />
      <div className="px-4 pb-6 sm:px-6">
        <Skeleton className="h-52" />
      </div>
      <ListSkeleton />
    </div>
  );
}
