'use client';

import { useId } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { PII_KINDS, PII_LABELS, type PiiKind } from '@/lib/contracts/guardrails';
import { GuardActionSelect } from './guard-action-select';
import type { GuardFieldsProps } from './guard-fields-props';

/** Which kinds of personal data, what becomes of them, and whose phone numbers have no country code. */
export function PiiFields({ guard, problemOf, readonly, onGuard }: GuardFieldsProps<'pii'>) {
  const id = useId();
  const { kinds, region, action } = guard;
  const toggle = (kind: PiiKind, on: boolean) =>
    onGuard({ ...guard, kinds: PII_KINDS.filter((one) => (one === kind ? on : kinds.includes(one))) });
  const problem = problemOf('kinds');
  return (
    <>
      <fieldset className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
        <legend className="sr-only">Kinds of personal data</legend>
        {PII_KINDS.map((kind) => (
          <label key={kind} htmlFor={`${id}-${kind}`} className="flex items-center gap-2">
            <Checkbox
              id={`${id}-${kind}`}
              checked={kinds.includes(kind)}
              disabled={readonly}
              onCheckedChange={(checked) => toggle(kind, checked === true)}
            />
            <span className="first-letter:uppercase">{PII_LABELS[kind][1]}</span>
          </label>
        ))}
      </fieldset>
      {problem && <p className="text-destructive text-xs">{problem}</p>}
      <div className="grid gap-3 sm:grid-cols-2">
        <GuardActionSelect
          action={action}
          readonly={readonly}
          onAction={(chosen) => onGuard({ ...guard, action: chosen })}
        />
        {kinds.includes('phone') && (
          <Field
            label="Country of phone numbers"
            error={problemOf('region')}
            help={`${countryOf(region)}: for numbers without a country code.`}
          >
            {(control) => (
              <Input
                {...control}
                value={region}
                readOnly={readonly}
                spellCheck={false}
                onChange={(event) => onGuard({ ...guard, region: event.target.value.toUpperCase() })}
                className="w-16 font-mono text-sm"
              />
            )}
          </Field>
        )}
      </div>
    </>
  );
}

const NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

const countryOf = (region: string): string =>
  (/^[A-Z]{2}$/.test(region) && NAMES.of(region)) || 'No country that is known';
