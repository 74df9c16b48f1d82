'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';

/** Words, phrases or names, one in a line. What is typed stays as typed until the field is left. */
export function LinesField({
  label,
  help,
  placeholder,
  lines,
  problem,
  readonly,
  onLines,
}: {
  label: string;
  help: string;
  placeholder?: string;
  lines: string[];
  problem: string | undefined;
  readonly: boolean;
  onLines: (lines: string[]) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Field label={label} error={problem} help={help}>
      {(control) => (
        <Textarea
          {...control}
          value={typed ?? lines.join('\n')}
          placeholder={placeholder}
          readOnly={readonly}
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.target.value);
            const all = event.target.value.split(/[\r\n\t]+/).map((line) => line.trim());
            onLines(all.filter(Boolean));
          }}
          onBlur={() => setTyped(null)}
          className="max-h-60 text-sm"
        />
      )}
    </Field>
  );
}
