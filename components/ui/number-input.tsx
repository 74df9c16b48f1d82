'use client';

import { type ComponentProps, useState } from 'react';
import { cn } from './cn';
import { Input } from './input';

/** A number that may be left empty. What is half typed stays as typed until it is a number; no number (NaN) shows nothing. */
export function NumberInput({
  value,
  onValue,
  className,
  ...props
}: Omit<ComponentProps<typeof Input>, 'value' | 'onChange' | 'type'> & {
  value: number | undefined;
  onValue: (value: number | undefined) => void;
}) {
  const [text, setText] = useState<string | null>(null);
  return (
    <Input
      {...props}
      type="number"
      inputMode="decimal"
      value={text ?? (Number.isNaN(value) ? '' : (value ?? ''))}
      onChange={(event) => {
        setText(event.target.value);
        const { valueAsNumber } = event.target;
        if (event.target.value === '') onValue(undefined);
        else if (Number.isFinite(valueAsNumber)) onValue(valueAsNumber);
      }}
      onBlur={() => setText(null)}
      className={cn('text-sm tabular-nums', className)}
    />
  );
}
