'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import type { Guard } from '@/lib/contracts/guardrails';

type Schema = Extract<Guard, { type: 'schema' }>['schema'];

/** A JSON Schema as text. What cannot be read as one stays here as it was typed, and what was read last is kept. */
export function SchemaField({
  schema,
  problem,
  readonly,
  onSchema,
}: {
  schema: Schema;
  problem: string | undefined;
  readonly: boolean;
  onSchema: (schema: Schema) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const unread = typed === null ? undefined : read(typed).problem;
  return (
    <Field
      label="Schema"
      error={unread ? `${unread} It is not saved; the agent keeps the one before.` : problem}
      help="The text has to be JSON, nothing before or after it, and of this shape."
    >
      {(control) => (
        <Textarea
          {...control}
          value={typed ?? JSON.stringify(schema, null, 2)}
          readOnly={readonly}
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.target.value);
            const { value } = read(event.target.value);
            if (value) onSchema(value);
          }}
          onBlur={() => unread || setTyped(null)}
          className="max-h-72 font-mono text-xs"
        />
      )}
    </Field>
  );
}

function read(text: string): { value?: Schema; problem?: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value: value as Schema };
    return { problem: 'A JSON Schema is an object, in braces.' };
  } catch (error) {
    return { problem: `This is no JSON yet: ${(error as Error).message}.` };
  }
}
