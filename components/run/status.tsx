import { CircleCheck, CircleX, Hand, Minus } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { RunStatus } from '@/lib/contracts/runs';

const LABELS: Record<RunStatus, string> = {
  queued: 'Queued',
  running: 'Running',
  waiting: 'Waiting',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const COLOURS: Record<RunStatus, string> = {
  queued: 'text-muted-foreground',
  running: 'text-link',
  waiting: 'text-waiting',
  completed: 'text-success',
  failed: 'text-failed',
  cancelled: 'text-muted-foreground',
};

/** Shape of a status; the word stands beside it or is its name. */
export function StatusIcon({ status, className }: { status: RunStatus; className?: string }) {
  const classes = cn('size-3.5 shrink-0', COLOURS[status], className);
  switch (status) {
    case 'completed':
      return <CircleCheck className={classes} aria-hidden />;
    case 'failed':
      return <CircleX className={classes} aria-hidden />;
    case 'waiting':
      return <Hand className={classes} aria-hidden />;
    case 'cancelled':
      return <Minus className={classes} strokeWidth={3} aria-hidden />;
    case 'queued':
      return (
        <svg viewBox="0 0 14 14" className={classes} aria-hidden>
          <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.4 1.6" />
        </svg>
      );
    case 'running':
      return (
        <svg viewBox="0 0 14 14" className={cn(classes, 'pulse-slow')} aria-hidden>
          <circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" strokeWidth="1.4" />
          <circle cx="7" cy="7" r="2.8" fill="currentColor" />
        </svg>
      );
  }
}

/** Status as colour, shape and word: the same everywhere. */
export function Status({ status, className, compact }: { status: RunStatus; className?: string; compact?: boolean }) {
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap font-medium', COLOURS[status], className)}>
      <StatusIcon status={status} />
      <span className={compact ? 'sr-only sm:not-sr-only' : undefined}>{LABELS[status]}</span>
    </span>
  );
}
