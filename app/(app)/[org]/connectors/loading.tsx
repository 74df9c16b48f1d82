import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';

export default function Loading() {
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead title="Connectors" />
      <ListSkeleton />
    </div>
  );
}
