'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useOrg } from '@/components/frame/org-context';
import { Status } from '@/components/run/status';
import type { Run, RunSummary } from '@/lib/contracts/runs';
import { useTRPC } from '@/lib/trpc/client';

/** Which run this one repeats, and which repeat it; each a click away, and one more from being compared. */
export function Lineage({ run }: { run: Run }) {
  const { slug } = useOrg();
  const { data } = useQuery(useTRPC().runs.lineage.queryOptions({ org: slug, runId: run.id }));
  if (!data || (!data.of && data.reruns.length === 0)) return null;
  const link = (other: RunSummary, text: string) => (
    <span key={other.id} className="inline-flex items-center gap-1.5">
      <Status status={other.status} compact className="text-xs" />
      <Link href={`/${slug}/runs/${other.id}`} className="focus-ring rounded-sm text-link underline underline-offset-2">
        {text}
      </Link>
      <Link
        href={`/${slug}/runs/compare?a=${other.id < run.id ? other.id : run.id}&b=${other.id < run.id ? run.id : other.id}`}
        aria-label={`Compare with ${text}`}
        className="focus-ring rounded-sm text-muted-foreground text-xs underline underline-offset-2"
      >
        compare
      </Link>
    </span>
  );
  const short = ({ id }: RunSummary) => `${id.slice(0, 4)}…${id.slice(-4)}`;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground">
      {data.of && (
        <>
          Re-run of {link(data.of, short(data.of))}
          {run.resumedFrom && (
            <span>
              from step <code className="text-xs">{run.resumedFrom}</code>
            </span>
          )}
        </>
      )}
      {data.reruns.length > 0 && <>Run again as {data.reruns.slice(0, 5).map((one) => link(one, short(one)))}</>}
      {data.reruns.length > 5 && <span>and {data.reruns.length - 5} more</span>}
    </p>
  );
}
