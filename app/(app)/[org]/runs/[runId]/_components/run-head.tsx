'use client';

import { useMutation } from '@tanstack/react-query';
import { Square } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Cost } from '@/components/data/cost';
import { Duration } from '@/components/data/duration';
import { Id } from '@/components/data/id';
import { RelativeTime } from '@/components/data/relative-time';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Status } from '@/components/run/status';
import { TRIGGER_LABELS } from '@/components/run/trigger-labels';
import { Button } from '@/components/ui/button';
import type { Run } from '@/lib/contracts/runs';
import { formatCompact, formatDuration } from '@/lib/format';
import type { RunView } from '@/lib/run-state';
import { useTRPC } from '@/lib/trpc/client';
import { Lineage } from './repair/lineage';
import { RepairMenu } from './repair/repair-menu';

export function RunHead({ run: whole, view }: { run: Run; view: RunView & { isLost: boolean } }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const { run, ended } = view;
  const cancel = useMutation(trpc.runs.cancel.mutationOptions({ onError: toastError }));
  return (
    <header className="grid gap-3 px-4 pt-3 pb-3 sm:px-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="flex min-w-0 items-center gap-1.5 text-lg max-sm:basis-full sm:flex-1">
          <Link
            href={`/${slug}/agents/${run.agentId}`}
            className="focus-ring truncate rounded-sm text-muted-foreground hover:text-foreground"
          >
            {run.agentName}
          </Link>
          <span className="text-muted-foreground" aria-hidden>
            ›
          </span>
          <span className="font-semibold">Run</span>
          <Id id={run.id} />
          <span role="status" className="inline-flex flex-wrap items-center gap-x-1.5 pl-2">
            <Status status={run.status} className="text-sm" />
            {run.errorCode === 'guardrail_blocked' && (
              <span className="text-muted-foreground text-sm">blocked by a guardrail</span>
            )}
          </span>
        </h1>
        <div className="flex flex-wrap gap-2">
          {!ended && can('runs:cancel') && (
            <Button
              variant="outline"
              disabled={cancel.isPending}
              onClick={() => cancel.mutate({ org: slug, runId: run.id })}
            >
              <Square className="size-3 fill-current" /> Cancel
            </Button>
          )}
          <RepairMenu run={whole} status={run.status} />
        </div>
      </div>
      {view.isLost && !ended && (
        <p role="status" className="text-waiting">
          The line to the server is down; trying again. The run goes on without it.
        </p>
      )}
      <dl className="flex flex-wrap gap-x-7 gap-y-2">
        <Fact label="Version">
          {run.version === null ? (
            'Draft'
          ) : (
            <Link
              href={`/${slug}/agents/${run.agentId}/versions?to=${run.version}`}
              className="focus-ring rounded-sm hover:underline"
            >
              v{run.version}
            </Link>
          )}
        </Fact>
        <Fact label="Trigger">
          {run.parentRunId ? (
            <Link href={`/${slug}/runs/${run.parentRunId}`} className="focus-ring rounded-sm hover:underline">
              {TRIGGER_LABELS[run.trigger]}
            </Link>
          ) : (
            TRIGGER_LABELS[run.trigger]
          )}
        </Fact>
        <Fact label="By">{run.actorName ?? 'Somebody who left'}</Fact>
        <Fact label="Asked">
          <RelativeTime date={run.createdAt} />
        </Fact>
        <Fact label="Queue">
          {run.startedAt ? formatDuration(run.startedAt.getTime() - run.createdAt.getTime()) : ended ? '–' : 'waiting'}
        </Fact>
        <Fact label="Time">{run.startedAt ? <Duration from={run.startedAt} to={run.endedAt} /> : '–'}</Fact>
        <Fact label="Tokens">
          {formatCompact(run.usage.inputTokens)} in, {formatCompact(run.usage.outputTokens)} out
        </Fact>
        <Fact label="Cost">
          <Cost micros={run.costMicros} />
        </Fact>
      </dl>
      <Lineage run={whole} />
    </header>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-2xs text-muted-foreground">{label}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}
