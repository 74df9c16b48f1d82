'use client';

import dynamic from 'next/dynamic';
import { Badge } from '@/components/ui/badge';
import { Checkbox } from '@/components/ui/checkbox';
import type { OpenApiOperation } from '@/lib/contracts/openapi';

const LineDiff = dynamic(() => import('@/components/agents/line-diff'), {
  loading: () => <div className="h-24 rounded-md border" />,
});

const STATES: Record<OpenApiOperation['state'], string> = { new: '', same: 'as it is', changed: 'changes' };

export function OperationRow({
  operation: { key, name, summary, takes, state, change, problem },
  checked,
  onChecked,
}: {
  operation: OpenApiOperation;
  checked: boolean;
  onChecked: (checked: boolean) => void;
}) {
  return (
    <li className="grid gap-2 px-4 py-2 sm:px-6">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
      <label className="flex items-start gap-3">
        <Checkbox
          aria-label={key}
          checked={checked}
          disabled={problem !== null}
          className="mt-0.5"
          onCheckedChange={(on) => onChecked(on === true)}
        />
        <span className="grid min-w-0 flex-1 gap-0.5">
          <span className="flex flex-wrap items-center gap-x-2">
            <span className="break-all font-mono text-xs">{key}</span>
            {STATES[state] && <Badge variant={state === 'changed' ? 'waiting' : 'default'}>{STATES[state]}</Badge>}
          </span>
          {summary && <span>{summary}</span>}
          <span className="break-words text-muted-foreground text-xs">{problem ?? `${name}(${takes.join(', ')})`}</span>
        </span>
      </label>
      {change && checked && <LineDiff before={change.before} after={change.after} />}
    </li>
  );
}
