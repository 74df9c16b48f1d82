'use client';

import { useState } from 'react';
import { z } from 'zod';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import { EditedAnswer } from '@/lib/contracts/repair';
import type { TranscriptMessage } from '@/lib/contracts/runs';
import { readJson, toJsonText } from './json-text';
import { RepairForm } from './repair-form';
import { useRepair } from './use-repair';

type Answer = Extract<TranscriptMessage, { role: 'assistant' }>;

/** Changes what the model said or called, and goes on from there. */
export function EditAnswerDialog({
  runId,
  stepKey,
  answer,
  onClose,
}: {
  runId: string;
  stepKey: string;
  answer: Answer;
  onClose: () => void;
}) {
  const { org, rerun } = useRepair();
  const [content, setContent] = useState(answer.content);
  const [calls, setCalls] = useState(() => toJsonText(answer.toolCalls.map(({ name, input }) => ({ name, input }))));
  const read = readJson(calls.trim() || '[]');
  const parsed = 'value' in read ? EditedAnswer.shape.toolCalls.safeParse(read.value) : undefined;
  const error = read.error ?? (parsed?.error && z.prettifyError(parsed.error));
  return (
    <RepairForm
      title="Edit the answer"
      description="A new run takes over everything before, with this answer in place of the model's. Its tool calls are made; without any the run ends with it."
      error={rerun.error}
      isPending={rerun.isPending}
      isReady={parsed?.success === true}
      onSubmit={() =>
        parsed?.data && rerun.mutate({ org, runId, fromStep: stepKey, answer: { content, toolCalls: parsed.data } })
      }
      onClose={onClose}
    >
      <Field label="Text">
        {(control) => (
          <Textarea {...control} autoFocus value={content} onChange={(event) => setContent(event.target.value)} />
        )}
      </Field>
      <Field label="Tool calls" error={error} help='As JSON: [{"name": "calculator", "input": {…}}]'>
        {(control) => (
          <Textarea
            {...control}
            className="font-mono text-xs"
            spellCheck={false}
            value={calls}
            onChange={(event) => setCalls(event.target.value)}
          />
        )}
      </Field>
    </RepairForm>
  );
}
