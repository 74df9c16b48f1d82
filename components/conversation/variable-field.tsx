'use client';

import { useId } from 'react';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { type AgentVariable, unfitReason } from '@/lib/contracts/agent-variables';

const DEFAULT = '\u0000';

/** The value of a variable for the next message. */
export function VariableField({
  variable,
  value,
  onValue,
}: {
  variable: AgentVariable;
  value: string;
  onValue: (value: string) => void;
}) {
  const id = useId();
  const { name, type, choices = [], required, default: fallback } = variable;
  const problem = value && unfitReason(variable, value);
  return (
    <div className="grid content-start gap-1">
      <Label htmlFor={id} className="font-mono font-normal text-muted-foreground text-xs">
        {name}
        {required && !fallback && ' (required)'}
      </Label>
      {type === 'choice' ? (
        <Select value={value || DEFAULT} onValueChange={(next) => onValue(next === DEFAULT ? '' : next)}>
          <SelectTrigger id={id} className="h-7 w-full">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            <SelectItem value={DEFAULT}>{fallback || 'Choose'}</SelectItem>
            {choices
              .filter((choice) => choice !== fallback)
              .map((choice) => (
                <SelectItem key={choice} value={choice}>
                  {choice}
                </SelectItem>
              ))}
          </SelectContent>
        </Select>
      ) : (
        <Input
          id={id}
          value={value}
          placeholder={fallback || 'Empty'}
          inputMode={type === 'number' ? 'decimal' : undefined}
          aria-invalid={problem ? true : undefined}
          onChange={(event) => onValue(event.target.value)}
          className="h-7 text-sm"
        />
      )}
      {problem && <p className="text-destructive text-xs">Must be {problem}.</p>}
    </div>
  );
}
