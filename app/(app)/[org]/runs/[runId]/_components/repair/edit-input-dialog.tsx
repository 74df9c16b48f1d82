'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import type { Run } from '@/lib/contracts/runs';
import { RepairForm } from './repair-form';
import { useRepair } from './use-repair';

/** Runs again from the beginning with another input or other variables. */
export function EditInputDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const { org, rerun } = useRepair();
  const [input, setInput] = useState(run.input);
  const [variables, setVariables] = useState(run.variables);
  return (
    <RepairForm
      title="Re-run with another input"
      description="The same version, from the beginning."
      error={rerun.error}
      isPending={rerun.isPending}
      isReady={input.trim() !== ''}
      onSubmit={() => rerun.mutate({ org, runId: run.id, input, variables })}
      onClose={onClose}
    >
      <Field label="Input">
        {(control) => (
          <Textarea {...control} autoFocus value={input} onChange={(event) => setInput(event.target.value)} />
        )}
      </Field>
      {Object.entries(variables).map(([name, value]) => (
        <Field key={name} label={name}>
          {(control) => (
            <Input
              {...control}
              value={value}
              onChange={(event) => setVariables({ ...variables, [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </RepairForm>
  );
}
