'use client';

import { useState } from 'react';
import type { Spend } from '@/lib/contracts/ledger';
import { formatCost, formatCount } from '@/lib/format';
import { daysBetween } from './spend-range';

type Day = Spend['days'][number];

const HEIGHT = 112;
const written = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const write = (day: string): string => written.format(new Date(day));
const nothing = (day: string): Day => ({
  day,
  costMicros: 0,
  estimatedMicros: 0,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
});

/** What each day cost, the estimated part apart; the table behind the picture has the numbers. */
export function DayBars({ days: called, from, to }: { days: Day[]; from: string; to: string }) {
  const [pointed, setPointed] = useState<Day | null>(null);
  const byDay = new Map(called.map((day) => [day.day, day]));
  const days = daysBetween(from, to).map((day) => byDay.get(day) ?? nothing(day));
  const most = Math.max(1, ...days.map(({ costMicros }) => costMicros));
  const step = 100 / days.length;
  const shown = pointed ?? days.at(-1);
  return (
    <figure onPointerLeave={() => setPointed(null)}>
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-3 pb-2 text-xs">
        <span className="text-muted-foreground">By day{most > 1 && `, at most ${formatCost(most)}`}</span>
        {shown && (
          <span className="tabular-nums">
            {write(shown.day)}: {formatCost(shown.costMicros)}, {formatCount(shown.calls)}{' '}
            {shown.calls === 1 ? 'call' : 'calls'}
            {shown.estimatedMicros > 0 && (
              <span className="text-waiting">, {formatCost(shown.estimatedMicros)} estimated</span>
            )}
          </span>
        )}
      </figcaption>
      <svg
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-28 w-full overflow-visible"
        aria-hidden
      >
        <line x1="0" x2="100" y1={HEIGHT} y2={HEIGHT} className="stroke-border" vectorEffect="non-scaling-stroke" />
        {days.map((day, index) => {
          const height = (micros: number) => (micros / most) * (HEIGHT - 4);
          const estimated = height(day.estimatedMicros);
          const exact = height(day.costMicros) - estimated;
          const x = index * step + step * 0.14;
          const width = step * 0.72;
          return (
            <g key={day.day} onPointerEnter={() => setPointed(day)}>
              <rect x={index * step} y="0" width={step} height={HEIGHT} fill="transparent" />
              {day.costMicros === 0 && <rect x={x} y={HEIGHT - 2} width={width} height="2" className="fill-border" />}
              <rect x={x} y={HEIGHT - exact} width={width} height={exact} className="fill-bar-provider" />
              <rect x={x} y={HEIGHT - exact - estimated} width={width} height={estimated} className="fill-waiting" />
            </g>
          );
        })}
      </svg>
      <div aria-hidden className="flex justify-between pt-1 text-2xs text-muted-foreground tabular-nums">
        <span>{write(days[0]?.day ?? from)}</span>
        {days.length > 1 && <span>{write(to)}</span>}
      </div>
      <details className="pt-1 text-xs">
        <summary className="focus-ring w-fit cursor-pointer rounded-sm text-muted-foreground hover:text-foreground">
          As a table
        </summary>
        <table className="mt-2 w-full max-w-md tabular-nums">
          <thead className="text-left text-muted-foreground">
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Calls</th>
              <th scope="col">Cost</th>
              <th scope="col">of it estimated</th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <th scope="row" className="text-left font-normal">
                  {write(day.day)}
                </th>
                <td>{formatCount(day.calls)}</td>
                <td>{formatCost(day.costMicros)}</td>
                <td>{formatCost(day.estimatedMicros)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
