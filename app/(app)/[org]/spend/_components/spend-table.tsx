'use client';

import Link from 'next/link';
import { useId } from 'react';
import { Cost } from '@/components/data/cost';
import { useUrlParams } from '@/components/frame/url-params';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { SpentBy } from '@/lib/contracts/ledger';
import { formatCompact, formatCost, formatCount } from '@/lib/format';

const number = 'text-right tabular-nums';

/** What each agent, model … cost, the dearest first. A name narrows the page to it. */
export function SpendTable({
  title,
  rows,
  totalMicros,
  param,
  gone,
  more,
}: {
  title: string;
  rows: SpentBy[];
  totalMicros: number;
  /** What of the address a name sets. */
  param?: string;
  /** Said of what has no name any more. */
  gone: string;
  more?: (id: string) => { label: string; href: string };
}) {
  const [, set] = useUrlParams();
  const heading = useId();
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby={heading} className="min-w-0">
      <h2 id={heading} className="pb-1 font-semibold text-base">
        {title}
      </h2>
      <Table aria-labelledby={heading}>
        <TableHeader>
          <TableRow>
            <TableHead>Name</TableHead>
            <TableHead className="text-right max-sm:hidden">Calls</TableHead>
            <TableHead className="text-right max-sm:hidden">Tokens</TableHead>
            <TableHead className={`text-right ${more ? '' : 'max-sm:pr-0'}`}>Cost</TableHead>
            <TableHead className="w-32 max-sm:hidden">Share</TableHead>
            {more && (
              <TableHead>
                <span className="sr-only">More</span>
              </TableHead>
            )}
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((row) => {
            const share = totalMicros > 0 ? (row.costMicros / totalMicros) * 100 : 0;
            const name = row.name ?? gone;
            const link = more?.(row.id);
            return (
              <TableRow key={row.id}>
                <TableCell className="max-w-0 w-full truncate">
                  {param ? (
                    <button
                      type="button"
                      data-row-link
                      onClick={() => set({ [param]: row.id })}
                      className="focus-ring max-w-full truncate rounded-sm hover:underline"
                    >
                      {name}
                    </button>
                  ) : (
                    name
                  )}
                </TableCell>
                <TableCell className={`${number} max-sm:hidden`}>{formatCount(row.calls)}</TableCell>
                <TableCell className={`${number} max-sm:hidden`}>
                  {formatCompact(row.inputTokens + row.outputTokens)}
                </TableCell>
                <TableCell className={`${number} whitespace-nowrap ${more ? '' : 'max-sm:pr-0'}`}>
                  {row.estimatedMicros > 0 && (
                    <abbr
                      title={`${formatCost(row.estimatedMicros)} of it is estimated: the provider told no believable numbers`}
                      className="pr-0.5 text-muted-foreground no-underline"
                    >
                      ≈
                    </abbr>
                  )}
                  <Cost micros={row.costMicros} />
                </TableCell>
                <TableCell className="max-sm:hidden">
                  <span className="flex w-28 items-center gap-2">
                    <span className="h-1.5 flex-1 overflow-hidden rounded-full bg-muted">
                      <span className="block h-full bg-bar-provider" style={{ width: `${share}%` }} />
                    </span>
                    <span className="w-9 text-right text-muted-foreground text-xs tabular-nums">
                      {share > 0 && share < 1 ? '< 1' : Math.round(share)} %
                    </span>
                  </span>
                </TableCell>
                {link && (
                  <TableCell>
                    <Link
                      href={link.href}
                      aria-label={`${link.label} of ${name}`}
                      className="focus-ring rounded-sm text-link text-xs hover:underline"
                    >
                      {link.label}
                    </Link>
                  </TableCell>
                )}
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </section>
  );
}
