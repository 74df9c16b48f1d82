'use client';

import { useState } from 'react';
import { Textarea } from '@/components/ui/textarea';
import { CheckableSchema } from '@/lib/contracts/json-schema';

const toText = (schema: CheckableSchema): string => JSON.stringify(schema, null, 2);

/** A schema as text. What cannot be read yet stays here and is not saved. */
export function SchemaText({
  schema,
  readonly,
  onSchema,
}: {
  schema: CheckableSchema;
  readonly: boolean;
  onSchema: (schema: CheckableSchema) => void;
}) {
  const [text, setText] = useState(() => toText(schema));
  const [problem, setProblem] = useState<string>();
  // Somebody else changed it, or the fields did.
  const [known, setKnown] = useState(schema);
  if (schema !== known) {
    setKnown(schema);
    if (!problem && JSON.stringify(safeParse(text)) !== JSON.stringify(schema)) setText(toText(schema));
  }
  const change = (next: string) => {
    setText(next);
    const value = safeParse(next);
    const parsed = CheckableSchema.safeParse(value);
    const wrong =
      value === undefined ? 'This is not JSON yet; it is saved when it is.' : parsed.error?.issues[0]?.message;
    setProblem(wrong);
    if (parsed.success) onSchema(parsed.data);
  };
  return (
    <>
      <Textarea
        aria-label="JSON Schema"
        aria-invalid={problem ? true : undefined}
        spellCheck={false}
        readOnly={readonly}
        value={text}
        onChange={(event) => change(event.target.value)}
        className="scroll-thin max-h-96 min-h-40 overflow-y-auto font-mono text-xs"
      />
      {problem && <p className="pt-1 text-destructive text-xs">{problem}</p>}
    </>
  );
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
