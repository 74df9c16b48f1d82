'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '@/components/ui/command';
import { Field } from '@/components/ui/field';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { SCOPE_LABELS } from '@/lib/budget-words';
import type { BudgetScope, BudgetTarget } from '@/lib/contracts/budgets';
import { MAX_QUERY } from '@/lib/contracts/paging';
import { useTRPC } from '@/lib/trpc/client';

/** Which agent, member, key or workspace: looked for by name. */
export function TargetField({
  scope,
  value,
  onChange,
  error,
}: {
  scope: Exclude<BudgetScope, 'organization'>;
  value: BudgetTarget | null;
  onChange: (target: BudgetTarget) => void;
  error?: string;
}) {
  const { slug } = useOrg();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const query = useDeferredValue(text.slice(0, MAX_QUERY));
  const targets = useQuery(
    useTRPC().budgets.targets.queryOptions({ org: slug, scope, query }, { placeholderData: keepPreviousData }),
  );
  const label = SCOPE_LABELS[scope];
  return (
    <Field label={label} error={error}>
      {(control) => (
        <Popover open={open} onOpenChange={setOpen}>
          <PopoverTrigger asChild>
            <Button {...control} variant="outline" className="w-full justify-between font-normal">
              <span className="truncate">{value?.name ?? 'Choose'}</span>
              <ChevronDown className="text-muted-foreground" aria-hidden />
            </Button>
          </PopoverTrigger>
          <PopoverContent align="start" className="w-80 p-0">
            <Command shouldFilter={false}>
              <CommandInput
                value={text}
                onValueChange={setText}
                placeholder="Part of its name"
                aria-label={`Find: ${label}`}
              />
              <CommandList className="max-h-60">
                {!targets.isFetching && <CommandEmpty>Nothing is called that.</CommandEmpty>}
                {targets.data?.map((target) => (
                  <CommandItem
                    key={target.id}
                    value={target.id}
                    onSelect={() => {
                      onChange(target);
                      setOpen(false);
                    }}
                  >
                    <span className="truncate">{target.name}</span>
                  </CommandItem>
                ))}
              </CommandList>
            </Command>
          </PopoverContent>
        </Popover>
      )}
    </Field>
  );
}
