'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Cost } from '@/components/data/cost';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import type { LedgerEntry, SpendInput } from '@/lib/contracts/ledger';
import { formatCompact } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';

/** What became of each call, newest first; each leads to its run. */
export function LedgerList({ input }: { input: SpendInput & { org: string } }) {
  const list = useSuspenseInfiniteQuery(useTRPC().ledger.list.infiniteQueryOptions(input, paged));
  const entries = list.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="ledger" className="pt-6">
      <h2 id="ledger" className="px-4 pb-2 font-semibold text-base sm:px-6">
        Ledger
      </h2>
      <ul className="border-t">
        {entries.map((entry) => (
          <LedgerRow key={`${entry.runId} ${entry.seq} ${entry.kind}`} entry={entry} />
        ))}
      </ul>
      <LoadMore list={list} />
    </section>
  );
}

function LedgerRow({ entry }: { entry: LedgerEntry }) {
  const { slug, can } = useOrg();
  const { item, kind, estimated, costMicros, inputTokens, outputTokens, agentName, actorName, createdAt, runId } =
    entry;
  const name = agentName ?? 'An agent that is gone or private';
  return (
    <li className="relative flex h-9 items-center gap-4 border-b px-4 [contain-intrinsic-size:auto_36px] [content-visibility:auto] hover:bg-accent/60 has-[a:focus-visible]:bg-accent sm:px-6">
      <span className="min-w-0 flex-1 truncate">
        {can('runs:read') ? (
          <Link
            href={`/${slug}/runs/${runId}`}
            prefetch={false}
            data-row-link
            className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </span>
      {kind === 'release' && <Badge>Not spent</Badge>}
      {estimated && <Badge variant="waiting">Estimated</Badge>}
      <span className="w-52 truncate text-muted-foreground text-xs max-md:hidden">{item}</span>
      <span className="w-32 truncate text-muted-foreground text-xs max-lg:hidden">
        {actorName ?? 'Somebody who left'}
      </span>
      <span className="w-28 text-right text-muted-foreground text-xs tabular-nums max-sm:hidden">
        {formatCompact(inputTokens)} in, {formatCompact(outputTokens)} out
      </span>
      <Cost micros={costMicros} className="w-20 text-right text-xs" />
      <RelativeTime
        date={createdAt}
        className="w-16 shrink-0 text-right text-muted-foreground text-xs tabular-nums max-sm:hidden"
      />
    </li>
  );
}
