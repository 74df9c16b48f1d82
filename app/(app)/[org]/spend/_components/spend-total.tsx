import type { ReactNode } from 'react';
import { Cost } from '@/components/data/cost';
import type { Spent } from '@/lib/contracts/ledger';
import { formatCompact, formatCost, formatCount } from '@/lib/format';

export function SpendTotal({ total }: { total: Spent }) {
  const { costMicros, estimatedMicros, calls, inputTokens, outputTokens } = total;
  return (
    <dl className="grid grid-cols-2 lg:grid-cols-4 [&>div]:px-4 [&>div]:py-3">
      <Figure
        label="Spent"
        value={<Cost micros={costMicros} />}
        note={estimatedMicros > 0 ? `${formatCost(estimatedMicros)} estimated` : undefined}
      />
      <Figure label="Model calls" value={formatCount(calls)} />
      <Figure label="Tokens in" value={formatCompact(inputTokens)} />
      <Figure label="Tokens out" value={formatCompact(outputTokens)} />
    </dl>
  );
}

function Figure({ label, value, note }: { label: string; value: ReactNode; note?: string }) {
  return (
    <div>
      <dt className="text-muted-foreground text-xs">{label}</dt>
      <dd className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-semibold text-xl tabular-nums">{value}</span>
        {note && <span className="text-muted-foreground text-xs tabular-nums">{note}</span>}
      </dd>
    </div>
  );
}
