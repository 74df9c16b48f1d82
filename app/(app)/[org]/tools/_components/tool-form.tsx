'use client';

import { type FormEvent, useId } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormProblem } from '@/components/feedback/form-problem';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { NumberInput } from '@/components/ui/number-input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { Textarea } from '@/components/ui/textarea';
import type { ApprovalMode } from '@/lib/contracts/approvals';
import type { CreateToolInput } from '@/lib/contracts/tools';
import { HttpFields } from './http-fields';
import { ParametersField } from './parameters-field';

const APPROVALS: Record<ApprovalMode, string> = {
  auto: 'Runs by itself',
  ask: 'Asks a person',
  deny: 'Never runs',
};

/** The name a label suggests. */
const slugOf = (label: string): string =>
  label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 60);

export function ToolForm({
  tool,
  isNew = false,
  readonly = false,
  error,
  busy,
  onTool,
  onSave,
}: {
  tool: CreateToolInput;
  isNew?: boolean;
  readonly?: boolean;
  /** Of the mutation that saves. */
  error: unknown;
  busy: boolean;
  onTool: (tool: CreateToolInput) => void;
  onSave: (tool: CreateToolInput) => void;
}) {
  const id = useId();
  const set = (patch: Partial<CreateToolInput>) => onTool({ ...tool, ...patch });
  const { action } = tool;
  const fields = error ? apiErrorOf(error).fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const pasted = action.kind === 'http' ? { ...action, url: action.url.trim() } : action;
    onSave({ ...tool, name: tool.name.trim(), label: tool.label.trim(), action: pasted });
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-5 px-4 pb-10 sm:px-6">
      <FormProblem error={error} />
      <fieldset disabled={readonly} className="contents">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Label" error={fields.label} help="For people.">
            {(control) => (
              <Input
                {...control}
                value={tool.label}
                autoComplete="off"
                onChange={({ target: { value } }) =>
                  set({ label: value, ...(isNew && tool.name === slugOf(tool.label) && { name: slugOf(value) }) })
                }
              />
            )}
          </Field>
          <Field label="Name" error={fields.name} help={isNew ? 'What models call. It stays.' : 'What models call.'}>
            {(control) => (
              <Input
                {...control}
                value={tool.name}
                readOnly={!isNew}
                autoComplete="off"
                spellCheck={false}
                className="font-mono"
                onChange={(event) => set({ name: event.target.value })}
              />
            )}
          </Field>
        </div>
        <Field
          label="Description"
          error={fields.description}
          help="For the model: what it does and when to use it, in few words."
        >
          {(control) => (
            <Textarea
              {...control}
              value={tool.description}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
        <ParametersField
          parameters={tool.parameters}
          fields={fields}
          readonly={readonly}
          onParameters={(parameters) => set({ parameters })}
        />
        {action.kind === 'http' ? (
          <HttpFields action={action} fields={fields} readonly={readonly} onAction={(next) => set({ action: next })} />
        ) : (
          <Field
            label="Function"
            error={fields['action.code']}
            help="Body of an async function; the arguments are in input. No network, files or timers."
          >
            {(control) => (
              <Textarea
                {...control}
                value={action.code}
                spellCheck={false}
                className="min-h-40 font-mono text-xs"
                onChange={(event) => set({ action: { kind: 'javascript', code: event.target.value } })}
              />
            )}
          </Field>
        )}
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label="Calls" help="Unless an agent says otherwise.">
            {({ id: control }) => (
              <Select
                value={tool.approval}
                disabled={readonly}
                onValueChange={(value) => set({ approval: value as ApprovalMode })}
              >
                <SelectTrigger id={control}>
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {Object.entries(APPROVALS).map(([mode, label]) => (
                    <SelectItem key={mode} value={mode}>
                      {label}
                    </SelectItem>
                  ))}
                </SelectContent>
              </Select>
            )}
          </Field>
          <Field label="Time-out" error={fields.timeoutSeconds} help="Seconds, to 60.">
            {(control) => (
              <NumberInput
                {...control}
                min={1}
                max={60}
                value={tool.timeoutSeconds}
                onValue={(timeoutSeconds = Number.NaN) => set({ timeoutSeconds })}
              />
            )}
          </Field>
          {action.kind === 'http' && (
            <Field label="Retries" error={fields.retries} help="Of GET, to 3.">
              {(control) => (
                <NumberInput
                  {...control}
                  min={0}
                  max={3}
                  value={tool.retries}
                  onValue={(retries = Number.NaN) => set({ retries })}
                />
              )}
            </Field>
          )}
        </div>
        <div className="flex items-center gap-2">
          <Switch id={id} checked={tool.enabled} disabled={readonly} onCheckedChange={(enabled) => set({ enabled })} />
          <Label htmlFor={id}>Agents can use it</Label>
        </div>
      </fieldset>
      {!readonly && (
        <div>
          <Button type="submit" disabled={busy || !tool.name || !tool.label.trim()}>
            {isNew ? 'Create tool' : 'Save'}
          </Button>
        </div>
      )}
    </form>
  );
}
