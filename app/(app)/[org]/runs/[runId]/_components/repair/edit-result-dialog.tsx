'use client';

import { useState } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Label } from '@/components/ui/label';
import { Textarea } from '@/components/ui/textarea';
import type { JsonValue } from '@/lib/contracts/json';
import { readJson, toJsonText } from './json-text';
import { RepairForm } from './repair-form';
import { useRepair } from './use-repair';

/** Changes what a tool or a person gave, and goes on from there. */
export function EditResultDialog({
  runId,
  stepKey,
  result,
  onClose,
}: {
  runId: string;
  stepKey: string;
  result: { value: JsonValue; isError: boolean };
  onClose: () => void;
}) {
  const { org, rerun } = useRepair();
  const [text, setText] = useState(() => toJsonText(result.value));
  const [isError, setIsError] = useState(result.isError);
  const read = readJson(text);
  return (
    <RepairForm
      title="Edit the result"
      description="A new run takes over everything before, with this result in place of the tool's: the tool is not called again."
      error={rerun.error}
      isPending={rerun.isPending}
      isReady={read.error === undefined}
      onSubmit={() =>
        read.error === undefined &&
        rerun.mutate({ org, runId, fromStep: stepKey, result: { output: read.value, isError } })
      }
      onClose={onClose}
    >
      <Field label="Result" error={read.error} help="JSON, as the model is to read it.">
        {(control) => (
          <Textarea
            {...control}
            autoFocus
            className="font-mono text-xs"
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <div className="flex items-center gap-2">
        <Checkbox id="is-error" checked={isError} onCheckedChange={(checked) => setIsError(checked === true)} />
        <Label htmlFor="is-error">The tool failed with it</Label>
      </div>
    </RepairForm>
  );
}
