'use client';

import type { ReactNode } from 'react';
import { Cost } from '@/components/data/cost';
import type { RunOverview } from '@/lib/contracts/runs';
import { formatCompact, formatCount, formatDuration } from '@/lib/format';
import { HourBars } from './hour-bars';

/** The last 24 hours in numbers and in bars. */
export function Day({ overview: { last24h, hours } }: { overview: RunOverview }) {
  const { runs, failed, costMicros, inputTokens, outputTokens, p50Ms, p95Ms } = last24h;
  const share = runs > 0 ? (failed / runs) * 100 : 0;
  return (
    <section aria-labelledby="day" className="mx-4 rounded-md border sm:mx-6">
      <h2 id="day" className="sr-only">
        The last 24 hours
      </h2>
      <dl className="grid grid-cols-2 divide-y sm:grid-cols-3 sm:divide-y-0 lg:grid-cols-5 [&>div]:px-4 [&>div]:py-3">
        <Figure label="Runs, 24 h" value={formatCount(runs)} />
        <Figure
          label="Failed"
          value={formatCount(failed)}
          note={runs > 0 ? `${share < 10 ? share.toFixed(1) : Math.round(share)} %` : undefined}
        />
        <Figure label="Cost" value={<Cost micros={costMicros} />} />
        <Figure
          label="Tokens"
          value={formatCompact(inputTokens + outputTokens)}
          note={`${formatCompact(outputTokens)} out`}
        />
        <Figure
          label="Median time"
          value={p50Ms === null ? '–' : formatDuration(p50Ms)}
          note={p95Ms === null ? undefined : `p95 ${formatDuration(p95Ms)}`}
        />
      </dl>
      <div className="border-t px-4 pt-3 pb-2">
        <HourBars hours={hours} />
      </div>
    </section>
  );
}

function Figure({ label, value, note }: { label: string; value: ReactNode; note?: string }) {
  return (
    <div>
      <dt className="text-muted-foreground text-xs">{label}</dt>
      <dd className="flex items-baseline gap-2">
        <span className="font-semibold text-xl tabular-nums">{value}</span>
        {note && <span className="text-muted-foreground text-xs tabular-nums">{note}</span>}
      </dd>
    </div>
  );
}
