import { Skeleton } from '@/components/ui/skeleton';

export default function Loading() {
  return (
    <div role="status" aria-label="Loading" className="flex h-full flex-col">
      <div className="flex h-13 items-center gap-4 border-b px-6">
        <Skeleton className="h-4 w-48" />
        <Skeleton className="ml-auto h-7 w-24" />
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="grid w-full content-start gap-4 p-6 min-[900px]:w-[52%] min-[900px]:border-r">
          <Skeleton className="h-4 w-32" />
          <Skeleton className="h-56" />
          <Skeleton className="h-4 w-24" />
          <Skeleton className="h-9" />
        </div>
      </div>
    </div>
  );
}
