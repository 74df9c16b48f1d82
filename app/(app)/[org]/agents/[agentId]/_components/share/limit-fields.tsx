'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type LimitTexts, problemsOf } from './link-limits';

const FIELDS: { name: keyof LimitTexts; label: string; help: string; type?: 'date' }[] = [
  { name: 'dollars', label: 'Dollars a day', help: 'Of all visitors together (UTC).' },
  { name: 'until', label: 'Open until', help: 'The end of this day.', type: 'date' },
  { name: 'messages', label: 'Messages an hour', help: 'Of all visitors together.' },
  { name: 'conversations', label: 'New conversations an hour', help: 'Of all visitors together.' },
];

export function LimitFields({ texts, onTexts }: { texts: LimitTexts; onTexts: (texts: LimitTexts) => void }) {
  const problems = problemsOf(texts);
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {FIELDS.map(({ name, label, help, type }) => (
        <Field key={name} label={label} help={help} error={problems[name]}>
          {(control) => (
            <Input
              {...control}
              type={type ?? 'text'}
              inputMode={name === 'dollars' ? 'decimal' : type ? undefined : 'numeric'}
              autoComplete="off"
              placeholder="No limit"
              className="tabular-nums"
              value={texts[name]}
              onChange={(event) => onTexts({ ...texts, [name]: event.target.value.trim() })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
