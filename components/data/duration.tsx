'use client';

import { formatDuration } from '@/lib/format';
import { useNow } from './use-now';

/** How long something took, or has taken so far: then it counts. */
export function Duration({ from, to, className }: { from: Date; to: Date | null; className?: string }) {
  const now = useNow(to ? null : 250);
  return (
    <span className={className} suppressHydrationWarning>
      {formatDuration((to?.getTime() ?? now ?? Date.now()) - from.getTime())}
    </span>
  );
}
