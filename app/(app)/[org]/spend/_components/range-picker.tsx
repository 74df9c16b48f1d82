'use client';

import { X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { RANGES, type Range } from './spend-range';
import { useSpend } from './use-spend';

const NARROWED: [param: string, label: string][] = [
  ['agent', 'One agent'],
  ['by', 'One member or key'],
  ['model', 'One model'],
];

/** Which days, and what they are narrowed to; both in the address. */
export function RangePicker() {
  const { range, input, set } = useSpend();
  const { from, to, agentId, actorId, item } = input;
  const narrowed: Record<string, string | undefined> = { agent: agentId, by: actorId, model: item };
  const choose = (next: Range) =>
    set({ range: next, from: next === 'custom' ? from : null, to: next === 'custom' ? to : null });
  return (
    <search className="flex flex-wrap items-center gap-2 px-4 pb-3 sm:px-6">
      <Select value={range} onValueChange={(next) => choose(next as Range)}>
        <SelectTrigger aria-label="Days" className="w-40">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {Object.entries(RANGES).map(([value, label]) => (
            <SelectItem key={value} value={value}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      {range === 'custom' && (
        <>
          <Input
            type="date"
            aria-label="From"
            className="w-36"
            value={from}
            max={to}
            onChange={({ target }) => target.value && set({ from: target.value })}
          />
          <Input
            type="date"
            aria-label="To"
            className="w-36"
            value={to}
            min={from}
            onChange={({ target }) => target.value && set({ to: target.value })}
          />
        </>
      )}
      {NARROWED.filter(([param]) => narrowed[param]).map(([param, label]) => (
        <Button key={param} variant="outline" size="sm" onClick={() => set({ [param]: null })}>
          {param === 'model' ? item : label}
          <X aria-hidden />
          <span className="sr-only">show all again</span>
        </Button>
      ))}
      <span className="text-muted-foreground text-xs">Days in UTC</span>
    </search>
  );
}
