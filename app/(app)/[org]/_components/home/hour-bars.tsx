'use client';

import { StackedBars } from '@/components/charts/stacked-bars';
import type { RunOverview } from '@/lib/contracts/runs';
import { formatCost, formatCount } from '@/lib/format';

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Runs hour by hour, failed ones apart. */
export function HourBars({ hours }: { hours: RunOverview['hours'] }) {
  const bars = hours.map((hour) => ({
    ...hour,
    id: hour.hour.toISOString(),
    label: clock.format(hour.hour),
    total: hour.runs,
    apart: hour.failed,
  }));
  return (
    <StackedBars
      bars={bars}
      heading={`Runs by hour, at most ${formatCount(Math.max(1, ...hours.map(({ runs }) => runs)))}`}
      describe={({ label, runs, failed, costMicros }) => (
        <>
          {label}: {formatCount(runs)} {runs === 1 ? 'run' : 'runs'}
          {failed > 0 && <span className="text-failed">, {formatCount(failed)} failed</span>}, {formatCost(costMicros)}
        </>
      )}
      apartClass="fill-failed"
      named={[0, Math.floor(bars.length / 2), bars.length - 1]}
      table={{
        first: 'Hour',
        columns: {
          Runs: ({ runs }) => formatCount(runs),
          Failed: ({ failed }) => formatCount(failed),
          Cost: ({ costMicros }) => formatCost(costMicros),
        },
      }}
    />
  );
}
