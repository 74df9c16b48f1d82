'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Cost } from '@/components/data/cost';
import { Duration } from '@/components/data/duration';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { Status } from '@/components/run/status';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { RunSummary } from '@/lib/contracts/runs';
import { formatCount } from '@/lib/format';

/** The numbers of two runs beside each other. */
export function ComparedFacts({ a, b }: { a: RunSummary; b: RunSummary }) {
  const { slug } = useOrg();
  const rows: [label: string, show: (run: RunSummary) => ReactNode][] = [
    ['Status', (run) => <Status key="s" status={run.status} />],
    ['Version', (run) => (run.version === null ? 'Draft' : `v${run.version}`)],
    ['Model', (run) => run.model],
    ['Cost', (run) => <Cost key="c" micros={run.costMicros} />],
    ['Tokens in', (run) => formatCount(run.usage.inputTokens)],
    ['Tokens out', (run) => formatCount(run.usage.outputTokens)],
    ['Time', (run) => (run.startedAt ? <Duration key="d" from={run.startedAt} to={run.endedAt} /> : '–')],
    ['Asked', (run) => <RelativeTime key="t" date={run.createdAt} />],
  ];
  const head = (run: RunSummary, name: string) => (
    <Link href={`/${slug}/runs/${run.id}`} className="focus-ring rounded-sm text-link hover:underline">
      {name} · {run.id.slice(0, 4)}…{run.id.slice(-4)}
    </Link>
  );
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead className="w-28">
            <span className="sr-only">What</span>
          </TableHead>
          <TableHead>{head(a, 'A')}</TableHead>
          <TableHead>{head(b, 'B')}</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map(([label, show]) => (
          <TableRow key={label}>
            <TableCell className="text-muted-foreground">{label}</TableCell>
            <TableCell className="tabular-nums">{show(a)}</TableCell>
            <TableCell className="tabular-nums">{show(b)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
