import { cn } from '@/components/ui/cn';
import type { Budget } from '@/lib/contracts/budgets';
import { formatCost } from '@/lib/format';

const share = (micros: number, limitMicros: number): number =>
  limitMicros === 0 ? 100 : Math.min(100, (micros / limitMicros) * 100);

/** Of 100: whole numbers, but never 100 while something is left, nor 0 when something is spent. */
export function percentOf({ spentMicros, limitMicros }: Budget): number {
  if (spentMicros >= limitMicros) return limitMicros === 0 ? 100 : Math.round((spentMicros / limitMicros) * 100);
  return spentMicros === 0 ? 0 : Math.min(99, Math.max(1, Math.round((spentMicros / limitMicros) * 100)));
}

/** How much of a budget is spent and set aside, as a bar and in words. */
export function BudgetMeter({ budget, label }: { budget: Budget; label: string }) {
  const { spentMicros, reservedMicros, limitMicros } = budget;
  const percent = percentOf(budget);
  const spent = share(spentMicros, limitMicros);
  const colour = percent >= 100 ? 'bg-failed' : percent >= 80 ? 'bg-waiting' : 'bg-bar-provider';
  return (
    <div className="grid gap-1">
      <meter
        className="sr-only"
        aria-label={label}
        min={0}
        max={100}
        value={Math.min(100, percent)}
        aria-valuetext={`${percent} %: ${formatCost(spentMicros)} of ${formatCost(limitMicros)}`}
      />
      <div aria-hidden className="flex h-1.5 overflow-hidden rounded-full bg-muted">
        <span className={cn('h-full', colour)} style={{ width: `${spent}%` }} />
        <span
          className="h-full bg-bar-ours"
          style={{ width: `${Math.min(100 - spent, share(reservedMicros, limitMicros))}%` }}
        />
      </div>
      <p className="flex flex-wrap justify-between gap-x-3 text-muted-foreground text-xs tabular-nums">
        <span>
          <span className="text-foreground">{formatCost(spentMicros)}</span> of {formatCost(limitMicros)}
          {reservedMicros > 0 && `, ${formatCost(reservedMicros)} set aside`}
        </span>
        <span className={cn(percent >= 100 ? 'text-failed' : percent >= 80 && 'text-waiting')}>
          {percent >= 100 ? `Used up, ${percent} %` : `${percent} %`}
        </span>
      </p>
    </div>
  );
}
