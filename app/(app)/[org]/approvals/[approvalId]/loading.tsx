import { PageHead } from '@/components/frame/page-head';
import { CardsSkeleton } from '../_components/cards-skeleton';

export default function Loading() {
  return (
    <>
      <PageHead title="Approval" />
      <CardsSkeleton />
    </>
  );
}
