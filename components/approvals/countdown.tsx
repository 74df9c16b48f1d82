'use client';

import { useNow } from '@/components/data/use-now';
import { formatDuration, formatExact } from '@/lib/format';

/** How long is left to decide. */
export function Countdown({ until }: { until: Date }) {
  const now = useNow(1_000);
  const left = now === null ? null : until.getTime() - now;
  const whole = left === null ? '' : formatDuration(Math.max(0, Math.floor(left / 1_000) * 1_000));
  return (
    <time dateTime={until.toISOString()} title={formatExact(until)} className="tabular-nums" suppressHydrationWarning>
      {left === null ? '…' : left <= 0 ? 'Time is over' : `${whole.replace('.0 s', ' s')} left`}
    </time>
  );
}
