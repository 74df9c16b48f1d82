'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** Dollars as written, in micro-dollars; undefined for what is no amount. */
export function microsOf(text: string): number | undefined {
  const dollars = text
    .trim()
    .replace(/^\$\s*/, '')
    .replaceAll(',', '');
  return /^\d{1,9}(\.\d{0,6})?$/.test(dollars) ? Math.round(Number(dollars) * 1e6) : undefined;
}

export function LimitField({
  value,
  onChange,
  error,
  autoFocus,
}: {
  value: string;
  onChange: (text: string) => void;
  error?: string;
  autoFocus?: boolean;
}) {
  const wrong = value !== '' && microsOf(value) === undefined ? 'Dollars, as in 25 or 0.50.' : undefined;
  return (
    <Field label="Limit in dollars" error={error ?? wrong} help="0 stops every model call that costs something.">
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          autoFocus={autoFocus}
          placeholder="25.00"
          className="w-44 tabular-nums"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
