'use client';

import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { type ComponentProps, useId } from 'react';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { GUARD_LABELS, type Guard, type GuardType } from '@/lib/contracts/guardrails';
import { moved } from '../route-values';
import { GuardFields } from './guard-fields';
import { newGuard } from './new-guard';
import { problemAt } from './problem-at';
import { TryGuards } from './try-guards';
import { useKeys } from './use-keys';

const TYPES = Object.keys(GUARD_LABELS) as GuardType[];
const MOST = 20;

/** Guards in the order they check: added by type, edited in place, moved, taken out and tried. */
export function GuardList({
  name,
  help,
  guards,
  path,
  problems,
  readonly,
  onChange,
}: {
  name: string;
  help: string;
  guards: Guard[];
  /** Where in the spec they are, for what is wrong with them. */
  path: string;
  problems: Record<string, string>;
  readonly: boolean;
  onChange: (guards: Guard[]) => void;
}) {
  const heading = useId();
  const rows = useKeys(guards.length);
  const add = (type: GuardType) => {
    rows.add();
    onChange([...guards, newGuard(type)]);
  };
  const move = (from: number, to: number) => {
    rows.move(from, to);
    onChange(moved(guards, from, to));
  };
  const remove = (at: number) => {
    rows.remove(at);
    onChange(guards.toSpliced(at, 1));
  };
  return (
    <section aria-labelledby={heading} className="grid gap-2">
      <div className="flex items-center justify-between gap-3">
        <h3 id={heading} className="font-medium">
          {name}
        </h3>
        {!readonly && guards.length < MOST && (
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="sm" aria-label={`Add a guard ${name.toLowerCase()}`}>
                <Plus /> Add
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end" className="max-w-80">
              {TYPES.map((type) => (
                <DropdownMenuItem key={type} onSelect={() => add(type)} className="grid gap-0">
                  <span>{GUARD_LABELS[type].label}</span>
                  <span className="text-muted-foreground text-xs">{GUARD_LABELS[type].does}</span>
                </DropdownMenuItem>
              ))}
            </DropdownMenuContent>
          </DropdownMenu>
        )}
      </div>
      <p className="-mt-1 text-muted-foreground text-xs">{help}</p>
      {guards.length > 0 && (
        <ol aria-labelledby={heading} className="divide-y rounded-md border">
          {guards.map((guard, index) => {
            const { label } = GUARD_LABELS[guard.type];
            const title = guard.type === 'scorer' && guard.name.trim() ? guard.name : label;
            return (
              <li key={rows.keys[index]} className="grid gap-2.5 px-3 py-2.5">
                <div className="flex items-center gap-1">
                  <span className="w-5 text-muted-foreground text-xs tabular-nums">{index + 1}</span>
                  <span className="min-w-0 flex-1 truncate font-medium">{label}</span>
                  {!readonly && (
                    <>
                      <Act label={`Move ${title} up`} disabled={index === 0} onClick={() => move(index, index - 1)}>
                        <ArrowUp />
                      </Act>
                      <Act
                        label={`Move ${title} down`}
                        disabled={index === guards.length - 1}
                        onClick={() => move(index, index + 1)}
                      >
                        <ArrowDown />
                      </Act>
                      <Act label={`Remove ${title}`} onClick={() => remove(index)}>
                        <X />
                      </Act>
                    </>
                  )}
                </div>
                <GuardFields
                  guard={guard}
                  problemOf={(field) => problemAt(problems, `${path}.${index}.${field}`)}
                  readonly={readonly}
                  onGuard={(next) => onChange(guards.with(index, next))}
                />
              </li>
            );
          })}
        </ol>
      )}
      {guards.length > 0 && !readonly && <TryGuards guards={guards} />}
    </section>
  );
}

function Act({ label, ...props }: { label: string } & ComponentProps<typeof Button>) {
  return <Button variant="ghost" size="icon" aria-label={label} title={label} {...props} />;
}
