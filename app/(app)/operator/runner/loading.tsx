import { ListSkeleton } from '@/components/feedback/list-skeleton';
import { PageHead } from '@/components/frame/page-head';

export default function RunnerLoading() {
  return (
    <>
      <PageHead title="Runner" />
      <ListSkeleton />
    </>
  );
}
