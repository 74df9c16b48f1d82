'use client';

import { ChevronRight, ExternalLink } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Cost } from '@/components/data/cost';
import { Duration } from '@/components/data/duration';
import { useOrg } from '@/components/frame/org-context';
import { StatusIcon } from '@/components/run/status';
import { ToolLine } from '@/components/run/tool-line';
import { cn } from '@/components/ui/cn';
import type { Span } from '@/lib/contracts/runs';
import { formatCount } from '@/lib/format';
import type { RunView } from '@/lib/run-state';

/** The steps of a run, folded into a line: how many, how long, how much. */
export function TurnSteps({ view }: { view: RunView }) {
  const { slug } = useOrg();
  const [open, setOpen] = useState(false);
  const { run, spans } = view;
  return (
    <div className="text-muted-foreground text-xs">
      <div className="flex min-h-6 items-center gap-3">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="focus-ring -ml-0.5 flex items-center gap-1 rounded-sm tabular-nums hover:text-foreground"
        >
          <ChevronRight className={cn('size-3.5 transition-transform', open && 'rotate-90')} aria-hidden />
          {spans.length} {spans.length === 1 ? 'step' : 'steps'}
        </button>
        <Duration from={run.startedAt ?? run.createdAt} to={run.endedAt} className="tabular-nums" />
        <Cost micros={run.costMicros} />
        <Link
          href={`/${slug}/runs/${run.id}`}
          className="focus-ring flex items-center gap-1 rounded-sm hover:text-foreground"
        >
          Run <ExternalLink className="size-3" aria-hidden />
        </Link>
      </div>
      {open && (
        <ol className="mt-1 rounded-md border bg-background px-2.5 py-1">
          {spans.map((span) => (
            <li key={span.seq}>
              {span.kind === 'model' ? <ModelLine span={span} /> : <ToolLine runId={run.id} span={span} />}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function ModelLine({ span }: { span: Span }) {
  return (
    <div className="flex min-h-7 items-center gap-2 pl-5.5">
      <StatusIcon status={span.status} />
      <span className="min-w-0 truncate">{span.errorMessage ?? span.name}</span>
      {span.attempt > 0 && <span>attempt {span.attempt + 1}</span>}
      <span className="ml-auto flex shrink-0 gap-3 tabular-nums">
        {span.outputTokens !== null && (
          <span className="max-sm:hidden">
            {formatCount(span.inputTokens ?? 0)} → {formatCount(span.outputTokens)} tokens
          </span>
        )}
        {span.costMicros !== null && <Cost micros={span.costMicros} />}
        <Duration from={span.startedAt} to={span.endedAt} />
      </span>
    </div>
  );
}
