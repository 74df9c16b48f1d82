'use client';

import { type ComponentProps, useState } from 'react';
import { Input } from '@/components/ui/input';

/** A number that may be left empty. What is half typed stays as typed until it is a number. */
export function NumberInput({
  value,
  onValue,
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
      value={text ?? value ?? ''}
      onChange={(event) => {
        setText(event.target.value);
        const { valueAsNumber } = event.target;
        if (event.target.value === '') onValue(undefined);
        else if (Number.isFinite(valueAsNumber)) onValue(valueAsNumber);
      }}
      onBlur={() => setText(null)}
      className="text-sm tabular-nums"
    />
  );
}
