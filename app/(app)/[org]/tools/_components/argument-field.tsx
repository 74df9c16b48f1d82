'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import type { JsonValue } from '@/lib/contracts/json';
import type { Argument } from './arguments';

/** The field of one argument. `onValue` is told its value, undefined for none, and whether what was typed can be read. */
export function ArgumentField({
  argument: { name, type, description, required, choices, default: standard },
  onValue,
}: {
  argument: Argument;
  onValue: (value: JsonValue | undefined, isRead: boolean) => void;
}) {
  const [isRead, setIsRead] = useState(true);
  const typed = (text: string) => {
    const read = readValue(text, type);
    setIsRead(read.isRead);
    onValue(read.value, read.isRead);
  };
  const placeholder = standard === undefined ? undefined : JSON.stringify(standard);
  const options = type === 'boolean' ? ['true', 'false'] : choices;
  return (
    <Field
      label={
        <>
          <span className="font-mono text-xs">{name}</span>
          {!required && <span className="font-normal text-muted-foreground text-xs"> optional</span>}
        </>
      }
      help={description}
      error={isRead ? undefined : type === 'number' ? 'Not a number.' : 'Not JSON yet.'}
    >
      {(control) =>
        options.length > 0 ? (
          <Select onValueChange={typed}>
            <SelectTrigger id={control.id}>
              <SelectValue placeholder={placeholder ?? 'Choose'} />
            </SelectTrigger>
            <SelectContent>
              {options.map((option) => (
                <SelectItem key={option} value={option}>
                  {option}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        ) : type === 'number' ? (
          <Input
            {...control}
            inputMode="decimal"
            placeholder={placeholder}
            onChange={(event) => typed(event.target.value)}
          />
        ) : (
          <Textarea
            {...control}
            rows={1}
            spellCheck={false}
            placeholder={placeholder ?? (type === 'json' ? 'JSON' : undefined)}
            className="min-h-8 font-mono text-xs"
            onChange={(event) => typed(event.target.value)}
          />
        )
      }
    </Field>
  );
}

function readValue(text: string, type: Argument['type']): { value: JsonValue | undefined; isRead: boolean } {
  if (text === '') return { value: undefined, isRead: true };
  if (type === 'string') return { value: text, isRead: true };
  if (type === 'number') {
    const value = Number(text);
    return Number.isFinite(value) ? { value, isRead: true } : { value: undefined, isRead: false };
  }
  try {
    return { value: JSON.parse(text), isRead: true };
  } catch {
    return { value: undefined, isRead: false };
  }
}
