'use client';

import { Pencil, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { toolResult } from '@/components/run/tool-sentence';
import { Button } from '@/components/ui/button';
import { StepKey } from '@/lib/contracts/repair';
import { type Span, type SpanPayload, TranscriptMessage } from '@/lib/contracts/runs';
import { EditAnswerDialog } from './edit-answer-dialog';
import { EditResultDialog } from './edit-result-dialog';
import { useRepair } from './use-repair';

/** What can be done with a step of a run: it again and what follows, or something else in its place. */
export function StepActions({ runId, span, payload }: { runId: string; span: Span; payload: SpanPayload | undefined }) {
  const { can } = useOrg();
  const { org, rerun } = useRepair({ onError: toastError });
  const [isEditing, setEditing] = useState(false);
  if (!can('runs:start') || !StepKey.safeParse(span.stepKey).success || span.endedAt === null) return null;
  const message = TranscriptMessage.safeParse(payload?.output);
  const answer = span.kind === 'model' && message.data?.role === 'assistant' ? message.data : undefined;
  const result = span.kind === 'model' ? undefined : toolResult(payload);
  const isEditable = span.kind === 'model' ? span.status === 'completed' && answer : result;
  const step = { runId, stepKey: span.stepKey, onClose: () => setEditing(false) };
  return (
    <div className="flex flex-wrap gap-2 pb-4">
      <Button
        variant="outline"
        size="sm"
        disabled={rerun.isPending}
        onClick={() => rerun.mutate({ org, runId, fromStep: span.stepKey })}
      >
        <RotateCw /> Re-run from here
      </Button>
      {isEditable && (
        <Button variant="outline" size="sm" onClick={() => setEditing(true)}>
          <Pencil /> {answer ? 'Edit answer' : 'Edit result'}
        </Button>
      )}
      {isEditing && answer && <EditAnswerDialog {...step} answer={answer} />}
      {isEditing && result && <EditResultDialog {...step} result={result} />}
    </div>
  );
}
