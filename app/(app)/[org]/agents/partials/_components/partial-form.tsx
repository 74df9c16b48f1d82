'use client';

import { type FormEvent, useRef } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormProblem } from '@/components/feedback/form-problem';
import { IncludedPartials } from '@/components/templates/included-partials';
import { InsertPartial } from '@/components/templates/insert-partial';
import { LazyTemplateEditor } from '@/components/templates/lazy-template-editor';
import type { TemplateHandle } from '@/components/templates/template-editor';
import { usePartials } from '@/components/templates/use-partials';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type CreatePartialInput, MAX_PARTIAL_LENGTH } from '@/lib/contracts/partials';
import { formatCount } from '@/lib/format';

/** What was written of a partial; `saved` is what the server has of it. */
export function PartialForm({
  partial,
  saved,
  readonly = false,
  error,
  busy,
  onPartial,
  onSave,
}: {
  partial: CreatePartialInput;
  saved?: CreatePartialInput;
  readonly?: boolean;
  /** Of the mutation that saves. */
  error: unknown;
  busy: boolean;
  onPartial: (partial: CreatePartialInput) => void;
  onSave: (partial: CreatePartialInput) => void;
}) {
  const editor = useRef<TemplateHandle>(null);
  const partials = usePartials();
  const { name, description, text } = partial;
  const set = (patch: Partial<CreatePartialInput>) => onPartial({ ...partial, ...patch });
  const fields = error ? apiErrorOf(error).fields : {};
  const isChanged = !saved || name !== saved.name || description !== saved.description || text !== saved.text;
  const isRenamed = saved !== undefined && name !== saved.name;
  const tooLong = text.length > MAX_PARTIAL_LENGTH;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave({ ...partial, name: name.trim() });
  };
  return (
    <form noValidate onSubmit={submit} className="grid content-start gap-5 px-4 pb-10 sm:px-6">
      <FormProblem error={error} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Name"
          error={fields.name ?? fields.newName}
          help={
            isRenamed
              ? 'Drafts and partials that include it are changed with it; what is published keeps the old name.'
              : `Instructions include it as {{> ${name || 'name'}}}.`
          }
        >
          {(control) => (
            <Input
              {...control}
              value={name}
              readOnly={readonly}
              autoComplete="off"
              spellCheck={false}
              placeholder="tone_of_voice"
              className="font-mono"
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label="Description" error={fields.description} help="For whoever writes instructions.">
          {(control) => (
            <Input
              {...control}
              value={description}
              readOnly={readonly}
              autoComplete="off"
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
      </div>
      <section aria-label="Text">
        <div className="flex min-h-7 items-center justify-between gap-3 pb-1.5">
          <h2 className="font-medium text-sm">Text</h2>
          <div className="flex items-center gap-2">
            <span className={`text-xs tabular-nums ${tooLong ? 'text-destructive' : 'text-muted-foreground'}`}>
              {formatCount(text.length)} of {formatCount(MAX_PARTIAL_LENGTH)} characters
            </span>
            {!readonly && <InsertPartial partials={partials} onInsert={(part) => editor.current?.insert(part)} />}
          </div>
        </div>
        <LazyTemplateEditor
          label="Text"
          hint="What every agent that includes it is told …"
          value={text}
          partials={partials}
          readonly={readonly}
          invalid={tooLong || fields.text !== undefined}
          handle={editor}
          onChange={(value) => set({ text: value })}
        />
        <IncludedPartials text={text} partials={partials} />
        <p className="pt-1.5 text-muted-foreground text-xs">
          {'{{name}}'} stands for a variable of the agent that includes it, {'{{> name}}'} for another partial.
        </p>
      </section>
      {!readonly && (
        <div>
          <Button type="submit" disabled={busy || !name || !isChanged || tooLong}>
            {saved ? 'Save' : 'Create partial'}
          </Button>
        </div>
      )}
    </form>
  );
}
