'use client';

import { useState } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import type { AgentVariable, VariableType } from '@/lib/contracts/agent-variables';

const LABELS: Record<VariableType, string> = { text: 'Text', number: 'Number', choice: 'Choice' };

/** What may be given for a variable, and whether it must be. */
export function VariableKind({
  variable: { name, type = 'text', choices = [], required = false },
  readonly,
  onChange,
}: {
  variable: AgentVariable;
  readonly: boolean;
  onChange: (patch: Partial<AgentVariable>) => void;
}) {
  // What is typed stays as it is: a comma at its end is no choice yet.
  const [text, setText] = useState(choices.join(', '));
  const choose = (next: VariableType) =>
    onChange({ type: next === 'text' ? undefined : next, choices: next === 'choice' ? choices : undefined });
  return (
    <div className="flex flex-wrap items-center gap-2 pt-1.5">
      <Select value={type} disabled={readonly} onValueChange={(next) => choose(next as VariableType)}>
        <SelectTrigger aria-label={`Type of ${name}`} className="w-36">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {Object.entries(LABELS).map(([value, label]) => (
            <SelectItem key={value} value={value}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      {type === 'choice' && (
        <Input
          aria-label={`Choices of ${name}`}
          placeholder="formal, friendly"
          value={text}
          readOnly={readonly}
          className="min-w-36 flex-1 text-sm"
          onChange={(event) => {
            setText(event.target.value);
            const written = event.target.value.split(',').map((one) => one.trim());
            onChange({ choices: [...new Set(written)].filter(Boolean) });
          }}
        />
      )}
      <Label className="flex items-center gap-1.5 font-normal text-muted-foreground text-xs">
        <Checkbox
          aria-label={`${name} is required`}
          checked={required}
          disabled={readonly}
          onCheckedChange={(checked) => onChange({ required: checked === true ? true : undefined })}
        />
        required
      </Label>
    </div>
  );
}
