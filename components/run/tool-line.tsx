'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Duration } from '@/components/data/duration';
import { JsonView } from '@/components/data/json-view';
import { cn } from '@/components/ui/cn';
import type { Span } from '@/lib/contracts/runs';
import { StatusIcon } from './status';
import { toolLabel, toolResult, toolSentence } from './tool-sentence';
import { useSpanPayload } from './use-span-payload';

/** A tool call in one line; opened, its arguments and its result. */
export function ToolLine({ runId, span }: { runId: string; span: Span }) {
  const [open, setOpen] = useState(false);
  const { data } = useSpanPayload(runId, span);
  const result = toolResult(data);
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="focus-ring flex min-h-7 w-full min-w-0 items-center gap-2 rounded-sm text-left hover:text-foreground"
      >
        <ChevronRight className={cn('size-3.5 shrink-0 transition-transform', open && 'rotate-90')} aria-hidden />
        <StatusIcon status={span.status} />
        <span className="min-w-0 truncate">
          {span.kind === 'human' && span.name !== 'ask_human'
            ? `Approval of ${toolLabel(span.name)}`
            : toolSentence(span.name, data)}
        </span>
        {result?.editedBy && <span className="shrink-0 text-waiting text-xs">edited by {result.editedBy}</span>}
        <Duration from={span.startedAt} to={span.endedAt} className="ml-auto shrink-0 text-xs tabular-nums" />
      </button>
      {open && (
        <div className="grid gap-2 py-1.5 pl-5.5">
          {data && <JsonView value={data.input} label="Copy arguments" />}
          {result && <JsonView value={result.value} label="Copy result" />}
          {span.errorMessage && <p className="text-failed text-xs">{span.errorMessage}</p>}
        </div>
      )}
    </div>
  );
}
