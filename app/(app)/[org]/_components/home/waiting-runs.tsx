'use client';

import Link from 'next/link';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { StatusIcon } from '@/components/run/status';
import type { RunSummary } from '@/lib/contracts/runs';

/** Runs that go on only when a person answers. */
export function WaitingRuns({ runs }: { runs: RunSummary[] }) {
  const { slug } = useOrg();
  return (
    <section
      aria-labelledby="waiting"
      className="mx-4 mt-6 rounded-md border border-waiting/40 bg-waiting-tint sm:mx-6"
    >
      <h2 id="waiting" className="px-4 pt-2.5 pb-1 font-semibold text-base">
        Waiting for a person
      </h2>
      <ul className="pb-1.5">
        {runs.map((run) => (
          <li key={run.id} className="relative flex h-9 items-center gap-3 px-4">
            <StatusIcon status="waiting" />
            <Link
              href={`/${slug}/runs/${run.id}`}
              className="min-w-0 flex-1 truncate outline-none after:absolute after:inset-0 hover:underline focus-visible:after:outline-2 focus-visible:after:outline-ring"
            >
              {run.inputPreview}
            </Link>
            <span className="truncate text-muted-foreground max-sm:hidden">{run.agentName}</span>
            <RelativeTime date={run.createdAt} className="shrink-0 text-muted-foreground text-xs" />
          </li>
        ))}
      </ul>
    </section>
  );
}
