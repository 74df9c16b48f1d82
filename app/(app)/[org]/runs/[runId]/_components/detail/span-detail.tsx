'use client';

import Link from 'next/link';
import { ErrorState } from '@/components/feedback/error-state';
import { useOrg } from '@/components/frame/org-context';
import { Status } from '@/components/run/status';
import { toolLabel } from '@/components/run/tool-sentence';
import { useSpanPayload } from '@/components/run/use-span-payload';
import { Skeleton } from '@/components/ui/skeleton';
import type { Run, Span } from '@/lib/contracts/runs';
import { asAttempt, type RunView, textOfSpan } from '@/lib/run-state';
import { StepActions } from '../repair/step-actions';
import { Failure } from './block';
import { ModelCall } from './model-call';
import { ToolCall } from './tool-call';

/** Exactly what went into the chosen span and came out of it. */
export function SpanDetail({ run, span, view }: { run: Run; span: Span; view: RunView }) {
  const payload = useSpanPayload(run.id, span);
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-3">
        <h2 className="min-w-0 truncate font-semibold text-base">
          {span.kind === 'model' ? span.name : toolLabel(span.name)}
        </h2>
        <Status status={span.status} className="text-xs" />
        {span.attempt > 0 && <span className="text-muted-foreground text-xs">Attempt {span.attempt + 1}</span>}
        {span.takenOver && <TakenOver run={run} span={span} />}
      </header>
      <StepActions runId={run.id} span={span} payload={payload.isPlaceholderData ? undefined : payload.data} />
      <Failure code={span.errorCode} message={span.errorMessage} />
      {payload.isError && <ErrorState error={payload.error} retry={() => void payload.refetch()} />}
      {payload.isPending && <Skeleton className="h-40" />}
      {payload.data &&
        (span.kind === 'model' ? (
          <ModelCall
            span={asAttempt(span, view.spans)}
            spans={view.spans}
            payload={payload.data}
            streamed={textOfSpan(view, span.seq)}
            holdsBack={run.holdsBack}
          />
        ) : (
          <ToolCall span={asAttempt(span, view.spans)} payload={payload.data} view={view} />
        ))}
    </>
  );
}

function TakenOver({ run, span }: { run: Run; span: Span }) {
  const { slug } = useOrg();
  return (
    <span className="text-muted-foreground text-xs">
      {span.takenOver === 'edited' ? 'Edited; taken over from ' : 'Taken over from '}
      <Link
        href={`/${slug}/runs/${run.rerunOf}?span=${span.seq}`}
        className="focus-ring rounded-sm text-link underline underline-offset-2"
      >
        the run before
      </Link>
    </span>
  );
}
