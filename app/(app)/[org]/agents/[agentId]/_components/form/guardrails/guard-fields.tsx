'use client';

import type { ComponentType } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NumberInput } from '@/components/ui/number-input';
import { Textarea } from '@/components/ui/textarea';
import type { GuardType } from '@/lib/contracts/guardrails';
import { GuardActionSelect } from './guard-action-select';
import type { GuardFieldsProps } from './guard-fields-props';
import { LinesField } from './lines-field';
import { PiiFields } from './pii-fields';
import { SchemaField } from './schema-field';

/** What can be set of a guard. */
export function GuardFields(props: GuardFieldsProps) {
  const Fields = FIELDS[props.guard.type] as ComponentType<GuardFieldsProps>;
  return <Fields {...props} />;
}

const FIELDS: { [T in GuardType]: ComponentType<GuardFieldsProps<T>> } = {
  length: LengthFields,
  pii: PiiFields,
  blocked_terms: TermsFields,
  schema: ({ guard, problemOf, readonly, onGuard }) => (
    <SchemaField
      schema={guard.schema}
      problem={problemOf('schema')}
      readonly={readonly}
      onSchema={(schema) => onGuard({ ...guard, schema })}
    />
  ),
  scorer: ScorerFields,
};

function LengthFields({ guard, problemOf, readonly, onGuard }: GuardFieldsProps<'length'>) {
  return (
    <Field label="Characters at most" error={problemOf('max')} className="max-w-48">
      {(control) => (
        <NumberInput
          {...control}
          value={guard.max}
          min={1}
          max={1_000_000}
          readOnly={readonly}
          onValue={(max = Number.NaN) => onGuard({ ...guard, max })}
        />
      )}
    </Field>
  );
}

function TermsFields({ guard, problemOf, readonly, onGuard }: GuardFieldsProps<'blocked_terms'>) {
  return (
    <>
      <LinesField
        label="Terms"
        help="One in a line. Whole words; capitals and accents make no difference."
        lines={guard.terms}
        problem={problemOf('terms')}
        readonly={readonly}
        onLines={(terms) => onGuard({ ...guard, terms })}
      />
      <GuardActionSelect
        action={guard.action}
        readonly={readonly}
        onAction={(action) => onGuard({ ...guard, action })}
      />
    </>
  );
}

function ScorerFields({ guard, problemOf, readonly, onGuard }: GuardFieldsProps<'scorer'>) {
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-[1fr_10rem]">
        <Field label="Name" error={problemOf('name')}>
          {(control) => (
            <Input
              {...control}
              value={guard.name}
              readOnly={readonly}
              onChange={(event) => onGuard({ ...guard, name: event.target.value })}
              className="text-sm"
            />
          )}
        </Field>
        <Field label="Least score" error={problemOf('least')}>
          {(control) => (
            <NumberInput
              {...control}
              value={guard.least}
              min={0}
              max={1}
              step={0.05}
              readOnly={readonly}
              onValue={(least = Number.NaN) => onGuard({ ...guard, least })}
            />
          )}
        </Field>
      </div>
      <Field
        label="JavaScript"
        error={problemOf('code')}
        help="The body of a function of the text, input, that returns a number from 0 to 1. It runs in a sandbox, for two seconds at most; one that fails blocks."
      >
        {(control) => (
          <Textarea
            {...control}
            value={guard.code}
            readOnly={readonly}
            spellCheck={false}
            onChange={(event) => onGuard({ ...guard, code: event.target.value })}
            className="max-h-72 font-mono text-xs"
          />
        )}
      </Field>
    </>
  );
}
