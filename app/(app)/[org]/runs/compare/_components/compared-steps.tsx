'use client';

import { Cost } from '@/components/data/cost';
import { StatusIcon } from '@/components/run/status';
import { toolLabel } from '@/components/run/tool-sentence';
import { Badge } from '@/components/ui/badge';
import type { ComparedStep } from '@/lib/contracts/repair';
import type { Span } from '@/lib/contracts/runs';
import { formatDuration } from '@/lib/format';
import { StepDifference } from './step-difference';

const LABELS = { same: 'same', changed: 'changed', added: 'only in B', missing: 'only in A' };
const VARIANTS = { same: 'default', changed: 'accent', added: 'waiting', missing: 'waiting' } as const;

/** The steps of both runs by their keys; opened, a step shows what differs in it. */
export function ComparedSteps({ a, b, steps }: { a: string; b: string; steps: ComparedStep[] }) {
  if (steps.length === 0) return <p className="text-muted-foreground">Neither run has a step.</p>;
  return (
    <ol className="divide-y rounded-md border">
      {steps.map((step) => (
        <li key={step.stepKey} className="[contain-intrinsic-size:auto_40px] [content-visibility:auto]">
          <details>
            <summary className="focus-ring flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 rounded-md px-3 py-2 hover:bg-accent/60">
              <code className="w-20 text-muted-foreground text-xs">{step.stepKey}</code>
              <span className="w-18 shrink-0">
                <Badge variant={VARIANTS[step.change]}>{LABELS[step.change]}</Badge>
              </span>
              <Side span={step.a} name="A" />
              <Side span={step.b} name="B" />
            </summary>
            <StepDifference a={step.a && { runId: a, span: step.a }} b={step.b && { runId: b, span: step.b }} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function Side({ span, name }: { span: Span | null; name: string }) {
  return (
    <span className="flex min-w-0 flex-1 basis-52 items-center gap-1.5">
      <span className="text-muted-foreground text-xs">{name}</span>
      {span ? (
        <>
          <StatusIcon status={span.status} />
          <span className="sr-only">{span.status}</span>
          <span className="truncate">{span.kind === 'model' ? span.name : toolLabel(span.name)}</span>
          <span className="shrink-0 text-muted-foreground text-xs tabular-nums">
            {span.takenOver
              ? span.takenOver === 'edited'
                ? 'edited'
                : 'taken over'
              : span.endedAt && formatDuration(span.endedAt.getTime() - span.startedAt.getTime())}
          </span>
          {!span.takenOver && span.costMicros !== null && <Cost micros={span.costMicros} className="text-xs" />}
        </>
      ) : (
        <span className="text-muted-foreground">–</span>
      )}
    </span>
  );
}
