'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { HttpAction } from '@/lib/contracts/tools';

type Pairs = HttpAction['headers'];

/** Names and values, one line each. */
export function PairsField({
  legend,
  what,
  pairs,
  problem,
  readonly,
  onPairs,
}: {
  legend: string;
  what: string;
  pairs: Pairs;
  problem?: string;
  readonly: boolean;
  onPairs: (pairs: Pairs) => void;
}) {
  const change = (at: number, patch: Partial<Pairs[number]>) =>
    onPairs(pairs.map((pair, index) => (index === at ? { ...pair, ...patch } : pair)));
  return (
    <fieldset className="grid gap-2">
      <legend className="pb-1.5 font-medium">{legend}</legend>
      {pairs.map(({ name, value }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its name is being typed
        <div key={at} className="flex gap-2">
          <Input
            aria-label={`Name of ${what} ${at + 1}`}
            placeholder="name"
            value={name}
            spellCheck={false}
            className="w-44 font-mono text-xs"
            onChange={(event) => change(at, { name: event.target.value })}
          />
          <Input
            aria-label={`Value of ${what} ${at + 1}`}
            placeholder="{{name}} or {{secret.NAME}}"
            value={value}
            spellCheck={false}
            className="min-w-0 flex-1 font-mono text-xs"
            onChange={(event) => change(at, { value: event.target.value })}
          />
          {!readonly && (
            <Button
              variant="ghost"
              size="icon"
              aria-label={`Remove ${what} ${at + 1}`}
              onClick={() => onPairs(pairs.filter((_, index) => index !== at))}
            >
              <X className="text-muted-foreground" />
            </Button>
          )}
        </div>
      ))}
      {problem && <p className="text-destructive text-xs">{problem}</p>}
      {!readonly && (
        <div>
          <Button variant="outline" size="sm" onClick={() => onPairs([...pairs, { name: '', value: '' }])}>
            <Plus /> Add a {what}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
