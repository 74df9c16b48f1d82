import { EmptyState } from '@/components/feedback/empty-state';

export default function NothingHere() {
  return <EmptyState title="There is nothing at this address">It was deleted, or it was never here.</EmptyState>;
}
