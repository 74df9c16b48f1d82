'use client';

import { useState } from 'react';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import type { ToolParameter } from '@/lib/contracts/tools';

/** What a text or JSON of an argument has to be: one of a few texts, or what a JSON Schema says. */
export function ParameterRules({
  said,
  parameter: { type, choices, schema },
  readonly,
  onParameter,
}: {
  said: string;
  parameter: ToolParameter;
  readonly: boolean;
  onParameter: (patch: Partial<ToolParameter>) => void;
}) {
  // What is typed is not always JSON yet, or a whole choice; what was read last is kept.
  const [text, setText] = useState(
    type === 'json' ? (schema === undefined ? '' : JSON.stringify(schema, null, 2)) : choices.join(', '),
  );
  const [isJson, setIsJson] = useState(true);
  if (type === 'string') {
    return (
      <Input
        aria-label={`Choices of ${said}`}
        placeholder="only these, with commas between (optional)"
        value={text}
        spellCheck={false}
        readOnly={readonly}
        className="text-xs"
        onChange={({ target: { value } }) => {
          setText(value);
          onParameter({ choices: value.split(',').flatMap((one) => one.trim() || []) });
        }}
      />
    );
  }
  return (
    <>
      <Textarea
        aria-label={`JSON Schema of ${said}`}
        aria-invalid={isJson ? undefined : true}
        placeholder='JSON Schema (optional), such as {"type": "array", "items": {"type": "string"}}'
        value={text}
        rows={1}
        spellCheck={false}
        readOnly={readonly}
        className="max-h-60 min-h-8 font-mono text-xs"
        onChange={({ target: { value } }) => {
          setText(value);
          try {
            onParameter({ schema: value.trim() ? JSON.parse(value) : undefined });
            setIsJson(true);
          } catch {
            setIsJson(false);
          }
        }}
      />
      {!isJson && <p className="text-destructive text-xs">This is not JSON yet.</p>}
    </>
  );
}
