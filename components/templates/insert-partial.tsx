'use client';

import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '@/components/ui/command';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import type { OfferedPartial } from '@/lib/contracts/partials';

/** Chooses a partial to put where the cursor is. */
export function InsertPartial({
  partials,
  onInsert,
}: {
  partials: readonly OfferedPartial[] | undefined;
  onInsert: (text: string) => void;
}) {
  const { slug } = useOrg();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string>();
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm">
          <Plus /> Partial
        </Button>
      </PopoverTrigger>
      <PopoverContent
        align="end"
        aria-label="Insert a partial"
        className="w-80 max-w-[90vw]"
        // The focus goes behind what was inserted, not back to the button.
        onCloseAutoFocus={(event) => {
          if (chosen === undefined) return;
          event.preventDefault();
          onInsert(`{{> ${chosen}}}`);
          setChosen(undefined);
        }}
      >
        {partials?.length === 0 ? (
          <p className="p-3 text-muted-foreground text-sm">
            There are no partials yet.{' '}
            <Link href={`/${slug}/agents/partials/new`} className="focus-ring rounded-sm text-link underline">
              Make one
            </Link>
          </p>
        ) : (
          <Command label="Partials">
            <CommandInput placeholder="Find a partial" aria-label="Find a partial" />
            <CommandList label="Partials">
              <CommandEmpty>No partial matches</CommandEmpty>
              <CommandGroup>
                {partials?.map(({ name, description }) => (
                  <CommandItem
                    key={name}
                    value={name}
                    keywords={[description]}
                    onSelect={() => {
                      setChosen(name);
                      setOpen(false);
                    }}
                  >
                    <span className="shrink-0 font-mono text-xs">{name}</span>
                    <span className="min-w-0 truncate text-muted-foreground text-xs">{description}</span>
                  </CommandItem>
                ))}
              </CommandGroup>
            </CommandList>
          </Command>
        )}
      </PopoverContent>
    </Popover>
  );
}
