'use client';

import { StackedBars } from '@/components/charts/stacked-bars';
import type { Spend } from '@/lib/contracts/ledger';
import { formatCost, formatCount } from '@/lib/format';
import { daysBetween } from './spend-range';

type Day = Spend['days'][number];

const written = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const nothing = (day: string): Day => ({
  day,
  costMicros: 0,
  estimatedMicros: 0,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
});

/** What each day cost, the estimated part apart. */
export function DayBars({ days: called, from, to }: { days: Day[]; from: string; to: string }) {
  const byDay = new Map(called.map((day) => [day.day, day]));
  const bars = daysBetween(from, to)
    .map((day) => byDay.get(day) ?? nothing(day))
    .map((day) => ({
      ...day,
      id: day.day,
      label: written.format(new Date(day.day)),
      total: day.costMicros,
      apart: day.estimatedMicros,
    }));
  const most = Math.max(1, ...bars.map(({ total }) => total));
  return (
    <StackedBars
      bars={bars}
      heading={`By day${most > 1 ? `, at most ${formatCost(most)}` : ''}`}
      describe={({ label, costMicros, calls, estimatedMicros }) => (
        <>
          {label}: {formatCost(costMicros)}, {formatCount(calls)} {calls === 1 ? 'call' : 'calls'}
          {estimatedMicros > 0 && <span className="text-waiting">, {formatCost(estimatedMicros)} estimated</span>}
        </>
      )}
      apartClass="fill-waiting"
      named={bars.length > 1 ? [0, bars.length - 1] : [0]}
      table={{
        first: 'Day',
        columns: {
          Calls: ({ calls }) => formatCount(calls),
          Cost: ({ costMicros }) => formatCost(costMicros),
          'of it estimated': ({ estimatedMicros }) => formatCost(estimatedMicros),
        },
      }}
    />
  );
}
