'use client';

import { useId } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Checkbox } from '@/components/ui/checkbox';
import { PERMISSIONS, type Permission } from '@/lib/permissions';

/** What a program that runs agents needs. */
export const USUAL_SCOPES: Permission[] = ['agents:read', 'runs:read', 'runs:start', 'runs:cancel'];

/** What a key may do: at most what its maker may. */
export function ScopePicker({ value, onChange }: { value: Permission[]; onChange: (value: Permission[]) => void }) {
  const id = useId();
  const { can } = useOrg();
  const scopes = PERMISSIONS.filter(can);
  return (
    <fieldset>
      <legend className="pb-1.5 font-medium">Scopes</legend>
      <div className="scroll-thin grid max-h-44 gap-1 overflow-y-auto rounded-md border p-2.5 sm:grid-cols-2">
        {scopes.map((scope) => (
          <label key={scope} htmlFor={`${id}-${scope}`} className="flex h-6 items-center gap-2">
            <Checkbox
              id={`${id}-${scope}`}
              checked={value.includes(scope)}
              onCheckedChange={(on) => onChange(on ? [...value, scope] : value.filter((one) => one !== scope))}
            />
            <span className="font-mono text-xs">{scope}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
