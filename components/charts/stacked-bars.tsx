'use client';

import { type ReactNode, useState } from 'react';

const HEIGHT = 100;

export interface Bar {
  id: string;
  /** Under the axis and in the table. */
  label: string;
  total: number;
  /** How much of `total` stands apart, on top. */
  apart: number;
}

interface StackedBarsProps<B extends Bar> {
  bars: B[];
  heading: ReactNode;
  /** What is said of the bar that is pointed at; at first of the last. */
  describe: (bar: B) => ReactNode;
  /** Fills what stands apart: a class. */
  apartClass: string;
  /** Which bars are named under the axis. */
  named: number[];
  table: { first: string; columns: Record<string, (bar: B) => string> };
}

/** Bars over time in two parts; the table behind the picture has the numbers. Times are written as the reader's place does. */
export function StackedBars<B extends Bar>({ bars, heading, describe, apartClass, named, table }: StackedBarsProps<B>) {
  const [pointed, setPointed] = useState<B | null>(null);
  const most = Math.max(1, ...bars.map(({ total }) => total));
  const step = 100 / Math.max(1, bars.length);
  const shown = pointed ?? bars.at(-1);
  const columns = Object.entries(table.columns);
  return (
    <figure onPointerLeave={() => setPointed(null)}>
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-3 pb-2 text-xs">
        <span className="text-muted-foreground">{heading}</span>
        {shown && (
          <span className="tabular-nums" suppressHydrationWarning>
            {describe(shown)}
          </span>
        )}
      </figcaption>
      <svg
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-26 w-full overflow-visible"
        aria-hidden
      >
        <line x1="0" x2="100" y1={HEIGHT} y2={HEIGHT} className="stroke-border" vectorEffect="non-scaling-stroke" />
        {bars.map((bar, index) => {
          const height = (value: number) => (value / most) * (HEIGHT - 4);
          const apart = height(bar.apart);
          const rest = height(bar.total) - apart;
          const x = index * step + step * 0.14;
          const width = step * 0.72;
          return (
            <g key={bar.id} onPointerEnter={() => setPointed(bar)}>
              <rect x={index * step} y="0" width={step} height={HEIGHT} fill="transparent" />
              {bar.total === 0 && <rect x={x} y={HEIGHT - 2} width={width} height="2" className="fill-border" />}
              <rect x={x} y={HEIGHT - rest} width={width} height={rest} className="fill-bar-provider" />
              <rect x={x} y={HEIGHT - rest - apart} width={width} height={apart} className={apartClass} />
            </g>
          );
        })}
      </svg>
      <div aria-hidden className="flex justify-between pt-1 text-2xs text-muted-foreground tabular-nums">
        {named.map((index) => (
          <span key={index} suppressHydrationWarning>
            {bars[index]?.label}
          </span>
        ))}
      </div>
      <details className="pt-1 text-xs">
        <summary className="focus-ring w-fit cursor-pointer rounded-sm text-muted-foreground hover:text-foreground">
          As a table
        </summary>
        <table className="mt-2 w-full max-w-md tabular-nums">
          <thead className="text-left text-muted-foreground">
            <tr>
              <th scope="col">{table.first}</th>
              {columns.map(([name]) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.id}>
                <th scope="row" className="text-left font-normal" suppressHydrationWarning>
                  {bar.label}
                </th>
                {columns.map(([name, of]) => (
                  <td key={name}>{of(bar)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
