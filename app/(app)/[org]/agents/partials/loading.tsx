import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';

export default function Loading() {
  return (
    <>
      <PageHead title="Partials" />
      <ListSkeleton />
    </>
  );
}
