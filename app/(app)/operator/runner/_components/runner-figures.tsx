import { cn } from '@/components/ui/cn';
import type { RunnerOverview } from '@/lib/contracts/operator';
import { formatDuration } from '@/lib/format';

/** The queue in five figures. */
export function RunnerFigures({ overview }: { overview: RunnerOverview }) {
  const { queued, running, scheduled, failedLastDay, oldestMs } = overview;
  const figures = [
    { label: 'In the queue', value: queued.toLocaleString('en'), hint: 'calls that are due' },
    { label: 'Oldest of it', value: queued > 0 ? formatDuration(oldestMs) : '–', hint: 'due since' },
    { label: 'Running', value: running.toLocaleString('en'), hint: 'calls at once' },
    { label: 'Later', value: scheduled.toLocaleString('en'), hint: 'sleeps, time-outs, retries' },
    { label: 'Failed', value: failedLastDay.toLocaleString('en'), hint: 'in 24 hours', isBad: failedLastDay > 0 },
  ];
  return (
    <dl className="grid grid-cols-2 border-y sm:grid-cols-5 sm:divide-x">
      {figures.map(({ label, value, hint, isBad }) => (
        <div key={label} className="px-4 py-3 sm:px-6">
          <dt className="text-muted-foreground text-xs">{label}</dt>
          <dd className={cn('font-semibold text-xl tabular-nums', isBad && 'text-failed')}>{value}</dd>
          <dd className="text-muted-foreground text-xs">{hint}</dd>
        </div>
      ))}
    </dl>
  );
}
