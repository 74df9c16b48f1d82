'use client';

import { formatExact, formatRelative } from '@/lib/format';
import { useNow } from './use-now';

/** `5 m ago`, with the exact time on hover. */
export function RelativeTime({ date, className }: { date: Date; className?: string }) {
  const now = useNow(15_000);
  return (
    <time dateTime={date.toISOString()} title={formatExact(date)} className={className} suppressHydrationWarning>
      {formatRelative(date, now ?? Date.now())}
    </time>
  );
}
