'use client';

import { type ReactNode, useMemo } from 'react';
import type { JsonValue } from '@/lib/contracts/json';
import { CodeBlock } from './code-block';

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with keys, strings and numbers told apart. */
export function JsonView({ value, label = 'Copy JSON' }: { value: JsonValue; label?: string }) {
  const text = useMemo(() => toText(value), [value]);
  return <CodeBlock text={text} label={label} render={typeof value === 'string' ? undefined : coloured} />;
}

/** What is short stands on one line. */
function toText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  const line = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
  return line.length <= 72 ? line : JSON.stringify(value, null, 2);
}

function coloured(json: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of json.matchAll(TOKEN)) {
    const [token, string, colon] = match;
    parts.push(json.slice(from, match.index));
    const kind = string ? (colon ? 'text-link' : 'text-foreground') : 'text-success';
    parts.push(
      <span key={match.index} className={kind}>
        {token}
      </span>,
    );
    from = match.index + token.length;
  }
  parts.push(json.slice(from));
  return parts;
}
