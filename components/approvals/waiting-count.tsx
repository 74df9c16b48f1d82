'use client';

import { useQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import { cn } from '@/components/ui/cn';
import { useTRPC } from '@/lib/trpc/client';

/** How many approvals wait for whoever is looking; nothing when none do. */
export function WaitingCount({ collapsed }: { collapsed: boolean }) {
  const { slug } = useOrg();
  const { data } = useQuery(useTRPC().approvals.count.queryOptions({ org: slug }, { refetchInterval: 10_000 }));
  if (!data?.count) return null;
  return (
    <span
      className={cn(
        'ml-auto rounded-full bg-waiting-tint px-1.5 text-2xs text-waiting tabular-nums',
        collapsed && 'absolute top-0 right-0 px-1',
      )}
    >
      {data.count > 99 ? '99+' : data.count}
      <span className="sr-only"> waiting for you</span>
    </span>
  );
}
