'use client';

import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { CallFigures, ProviderHealth } from '@/lib/contracts/provider-health';
import { formatCount, formatDuration } from '@/lib/format';

const ms = (value: number | null) => (value === null ? '–' : formatDuration(value));
const pair = (p50: number | null, p95: number | null) => (p50 === null ? '–' : `${ms(p50)} / ${ms(p95)}`);

/** Error rate and times of every model that was called, in the last hour or day. */
export function Figures({ models, span }: { models: ProviderHealth['models']; span: 'hour' | 'day' }) {
  const rows = models.filter((model) => model[span].calls > 0);
  if (rows.length === 0) {
    return <p className="py-3 text-muted-foreground">No model was called in the last {span}.</p>;
  }
  return (
    <Table>
      <caption className="sr-only">Calls of models in the last {span}</caption>
      <TableHeader>
        <tr>
          <TableHead>Model</TableHead>
          <TableHead className="text-right">Calls</TableHead>
          <TableHead className="text-right">Failed</TableHead>
          <TableHead className="text-right max-sm:hidden">First token p50 / p95</TableHead>
          <TableHead className="text-right max-sm:hidden">Answer p50 / p95</TableHead>
          <TableHead className="text-right max-sm:hidden">Tokens / s</TableHead>
        </tr>
      </TableHeader>
      <TableBody>
        {rows.map((model) => (
          <FigureRow key={model.model} model={model.model} figures={model[span]} />
        ))}
      </TableBody>
    </Table>
  );
}

function FigureRow({ model, figures }: { model: string; figures: CallFigures }) {
  const { calls, failed, firstTokenP50Ms, firstTokenP95Ms, durationP50Ms, durationP95Ms, tokensPerSecond } = figures;
  return (
    <TableRow>
      <TableCell className="max-w-64 truncate font-mono text-xs" title={model}>
        {model}
      </TableCell>
      <TableCell className="text-right tabular-nums">{formatCount(calls)}</TableCell>
      <TableCell className={`text-right tabular-nums ${failed > 0 ? 'text-failed' : ''}`}>
        {failed === 0 ? '0 %' : `${Math.max(1, Math.round((failed / calls) * 100))} %`}
      </TableCell>
      <TableCell className="whitespace-nowrap text-right tabular-nums max-sm:hidden">
        {pair(firstTokenP50Ms, firstTokenP95Ms)}
      </TableCell>
      <TableCell className="whitespace-nowrap text-right tabular-nums max-sm:hidden">
        {pair(durationP50Ms, durationP95Ms)}
      </TableCell>
      <TableCell className="text-right tabular-nums max-sm:hidden">{tokensPerSecond ?? '–'}</TableCell>
    </TableRow>
  );
}
