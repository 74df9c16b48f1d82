'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Cost } from '@/components/data/cost';
import { Duration } from '@/components/data/duration';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { Checkbox } from '@/components/ui/checkbox';
import { isEnded, type RunSummary } from '@/lib/contracts/runs';
import { useTRPC } from '@/lib/trpc/client';
import { Status } from './status';
import { TRIGGER_LABELS } from './trigger-labels';

/** One run in one line. While it goes on, the line follows it. */
export function RunRow({
  run: listed,
  selection,
}: {
  run: RunSummary;
  /** Where rows can be marked: whether this one is, and what marks it. */
  selection?: { has(id: string): boolean; toggle(id: string): void };
}) {
  const { slug } = useOrg();
  const options = useTRPC().runs.get.queryOptions({ org: slug, runId: listed.id });
  const live = useQuery({
    ...options,
    enabled: !isEnded(listed.status),
    refetchInterval: (query) => (query.state.data && isEnded(query.state.data.status) ? false : 2_500),
  });
  const run = live.data ?? listed;
  return (
    <li className="relative flex h-9 items-center gap-4 border-b px-4 transition-colors [contain-intrinsic-size:auto_36px] [content-visibility:auto] hover:bg-accent/60 has-[a:focus-visible]:bg-accent sm:px-6">
      {selection && (
        <Checkbox
          className="relative z-[1] max-sm:hidden"
          aria-label={`Select run ${run.inputPreview.slice(0, 60)}`}
          checked={selection.has(run.id)}
          onCheckedChange={() => selection.toggle(run.id)}
        />
      )}
      <Status status={run.status} compact className="text-xs sm:w-24" />
      <Link
        href={`/${slug}/runs/${run.id}`}
        data-row-link
        className="min-w-0 flex-1 truncate outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
      >
        {run.inputPreview}
        {run.errorMessage && <span className="pl-3 text-failed">{run.errorMessage}</span>}
      </Link>
      <span className="w-44 truncate text-muted-foreground max-md:hidden">
        {run.agentName} <span className="text-xs">{run.version === null ? 'draft' : `v${run.version}`}</span>
      </span>
      <span className="w-14 text-muted-foreground text-xs max-lg:hidden">{TRIGGER_LABELS[run.trigger]}</span>
      <Cost micros={run.costMicros} className="w-20 text-right text-xs max-sm:hidden" />
      <Duration
        from={run.startedAt ?? run.createdAt}
        to={run.endedAt}
        className="w-18 text-right text-xs tabular-nums max-sm:hidden"
      />
      <RelativeTime
        date={run.createdAt}
        className="w-16 shrink-0 text-right text-muted-foreground text-xs tabular-nums"
      />
    </li>
  );
}
