'use client';

import { Cost as Money } from '@/components/data/cost';
import { EmptyState } from '@/components/feedback/empty-state';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { formatCount } from '@/lib/format';
import type { RunView } from '@/lib/run-state';

/** What each model call cost, and its share. */
export function Cost({ view }: { view: RunView }) {
  const calls = view.spans.filter(({ kind }) => kind === 'model');
  const { usage, costMicros } = view.run;
  if (calls.length === 0) return <EmptyState title="No model was called" />;
  const number = 'text-right tabular-nums';
  return (
    <div className="mx-auto max-w-4xl px-4 py-4 sm:px-6">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Model call</TableHead>
            <TableHead className="text-right">Tokens in</TableHead>
            <TableHead className="text-right max-sm:hidden">of them cached</TableHead>
            <TableHead className="text-right">Tokens out</TableHead>
            <TableHead className="text-right">Cost</TableHead>
            <TableHead className="w-40 max-sm:hidden">Share</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {calls.map((span, index) => {
            const share = costMicros > 0 ? ((span.costMicros ?? 0) / costMicros) * 100 : 0;
            return (
              <TableRow key={span.seq}>
                <TableCell>
                  {index + 1}. {span.name}
                  {span.attempt > 0 && <span className="text-muted-foreground"> · attempt {span.attempt + 1}</span>}
                </TableCell>
                <TableCell className={number}>{formatCount(span.inputTokens ?? 0)}</TableCell>
                <TableCell className={`${number} max-sm:hidden`}>{formatCount(span.cachedTokens ?? 0)}</TableCell>
                <TableCell className={number}>{formatCount(span.outputTokens ?? 0)}</TableCell>
                <TableCell className={number}>
                  <Money micros={span.costMicros ?? 0} />
                </TableCell>
                <TableCell className="max-sm:hidden">
                  <span className="flex items-center gap-2">
                    <span className="h-1.5 flex-1 overflow-hidden rounded-full bg-muted">
                      <span className="block h-full bg-bar-provider" style={{ width: `${share}%` }} />
                    </span>
                    <span className="w-9 text-right text-muted-foreground text-xs tabular-nums">
                      {Math.round(share)} %
                    </span>
                  </span>
                </TableCell>
              </TableRow>
            );
          })}
          <TableRow className="font-medium">
            <TableCell>Total</TableCell>
            <TableCell className={number}>{formatCount(usage.inputTokens)}</TableCell>
            <TableCell className={`${number} max-sm:hidden`}>{formatCount(usage.cachedTokens)}</TableCell>
            <TableCell className={number}>{formatCount(usage.outputTokens)}</TableCell>
            <TableCell className={number}>
              <Money micros={costMicros} />
            </TableCell>
            <TableCell className="max-sm:hidden" />
          </TableRow>
        </TableBody>
      </Table>
    </div>
  );
}
