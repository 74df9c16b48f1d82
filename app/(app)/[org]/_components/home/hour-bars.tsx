'use client';

import { useState } from 'react';
import type { RunOverview } from '@/lib/contracts/runs';
import { formatCost, formatCount } from '@/lib/format';

type Hour = RunOverview['hours'][number];

const HEIGHT = 96;
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Runs hour by hour, failed ones apart; the table behind the picture has the numbers. */
export function HourBars({ hours }: { hours: Hour[] }) {
  const [pointed, setPointed] = useState<Hour | null>(null);
  const most = Math.max(1, ...hours.map(({ runs }) => runs));
  const step = 100 / Math.max(1, hours.length);
  const shown = pointed ?? hours.at(-1);
  return (
    <figure onPointerLeave={() => setPointed(null)}>
      <figcaption className="flex items-baseline justify-between gap-3 pb-2 text-xs">
        <span className="text-muted-foreground">Runs by hour, at most {formatCount(most)}</span>
        {shown && (
          <span className="tabular-nums" suppressHydrationWarning>
            {clock.format(shown.hour)}: {formatCount(shown.runs)} {shown.runs === 1 ? 'run' : 'runs'}
            {shown.failed > 0 && <span className="text-failed">, {formatCount(shown.failed)} failed</span>},{' '}
            {formatCost(shown.costMicros)}
          </span>
        )}
      </figcaption>
      <svg
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-24 w-full overflow-visible"
        aria-hidden
      >
        <line x1="0" x2="100" y1={HEIGHT} y2={HEIGHT} className="stroke-border" vectorEffect="non-scaling-stroke" />
        {hours.map((hour, index) => {
          const height = (runs: number) => (runs / most) * (HEIGHT - 4);
          const failed = height(hour.failed);
          const good = height(hour.runs) - failed;
          const x = index * step + step * 0.14;
          const width = step * 0.72;
          return (
            <g key={hour.hour.getTime()} onPointerEnter={() => setPointed(hour)}>
              <rect x={index * step} y="0" width={step} height={HEIGHT} fill="transparent" />
              {hour.runs === 0 && <rect x={x} y={HEIGHT - 2} width={width} height="2" className="fill-border" />}
              <rect x={x} y={HEIGHT - good} width={width} height={good} className="fill-bar-provider" />
              <rect x={x} y={HEIGHT - good - failed} width={width} height={failed} className="fill-failed" />
            </g>
          );
        })}
      </svg>
      <div aria-hidden className="flex justify-between pt-1 text-2xs text-muted-foreground tabular-nums">
        {[0, Math.floor(hours.length / 2), hours.length - 1].map((index) => {
          const hour = hours[index];
          return (
            <span key={index} suppressHydrationWarning>
              {hour ? clock.format(hour.hour) : ''}
            </span>
          );
        })}
      </div>
      <details className="pt-1 text-xs">
        <summary className="focus-ring w-fit cursor-pointer rounded-sm text-muted-foreground hover:text-foreground">
          As a table
        </summary>
        <table className="mt-2 w-full max-w-md tabular-nums">
          <thead className="text-left text-muted-foreground">
            <tr>
              <th scope="col">Hour</th>
              <th scope="col">Runs</th>
              <th scope="col">Failed</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour.hour.getTime()}>
                <th scope="row" className="text-left font-normal" suppressHydrationWarning>
                  {clock.format(hour.hour)}
                </th>
                <td>{formatCount(hour.runs)}</td>
                <td>{formatCount(hour.failed)}</td>
                <td>{formatCost(hour.costMicros)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
