'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { FilterLimit } from '@/components/data/filter-limit';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/input';
import { useTRPC } from '@/lib/trpc/client';
import { parseRunQuery, suggestFor } from './run-query';

/** One line of filters and text, kept in the address, with suggestions for the word being written. */
export function QueryLine() {
  const { slug, can } = useOrg();
  const [params, set] = useUrlParams();
  const applied = params.get('q') ?? '';
  const [line, setLine] = useState(applied);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const listId = useId();

  useEffect(() => setLine(applied), [applied]);
  useEffect(() => {
    const timer = setTimeout(() => line.trim() !== applied && set({ q: line.trim() || null }), 300);
    return () => clearTimeout(timer);
  }, [line, applied, set]);

  const wanted = /agent:"?([^"]*)$/.exec(line)?.[1];
  const agents = useQuery(
    useTRPC().agents.list.queryOptions(
      { org: slug, query: wanted ?? '', status: ['draft', 'active', 'archived'], limit: 10 },
      { enabled: open && wanted !== undefined && can('agents:read'), placeholderData: keepPreviousData },
    ),
  );
  const suggestions = suggestFor(line, agents.data?.items.map(({ name }) => name) ?? []);
  const shown = open && suggestions.length > 0;

  const write = (next: string) => {
    setLine(next);
    setActive(-1);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((now) => (now + step + suggestions.length + (now === -1 && step === -1 ? 1 : 0)) % suggestions.length);
      return;
    }
    const picked = shown ? suggestions[active] : undefined;
    if (picked && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault();
      write(picked.line);
    } else if (event.key === 'Enter') {
      setOpen(false);
      set({ q: line.trim() || null });
    } else if (event.key === 'Escape') {
      if (shown) setOpen(false);
      else event.currentTarget.blur();
    }
  };

  return (
    <search className="relative block px-4 pb-3 sm:px-6">
      <Search className="absolute top-2 left-6.5 size-4 text-muted-foreground sm:left-8.5" aria-hidden />
      <Input
        data-filter
        role="combobox"
        aria-label="Filter runs"
        aria-expanded={shown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `${listId}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={'status:failed agent:"Support" cost:>0.02 text'}
        value={line}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          write(event.target.value);
          setOpen(true);
        }}
        onKeyDown={press}
        className="pr-9 pl-8 font-mono text-xs"
      />
      <FilterLimit length={parseRunQuery(line).text.length} />
      {line && (
        <button
          type="button"
          aria-label="Clear the filter"
          onClick={() => {
            write('');
            set({ q: null });
          }}
          className="focus-ring absolute top-1.5 right-6 rounded-sm p-0.5 text-muted-foreground hover:text-foreground sm:right-8"
        >
          <X className="size-4" />
        </button>
      )}
      <div
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        className={cn(
          'absolute top-9 right-4 left-4 z-20 rounded-md border bg-popover p-1 shadow-float sm:right-auto sm:left-6 sm:w-80',
          !shown && 'hidden',
        )}
      >
        {suggestions.map((suggestion, index) => (
          <div
            key={suggestion.label}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onPointerDown={(event) => {
              event.preventDefault();
              write(suggestion.line);
            }}
            className="flex cursor-default items-center justify-between gap-3 rounded-sm px-2 py-1.5 hover:bg-accent aria-selected:bg-accent"
          >
            <span className="truncate font-mono text-xs">{suggestion.label}</span>
            <span className="shrink-0 text-muted-foreground text-xs">{suggestion.hint}</span>
          </div>
        ))}
      </div>
    </search>
  );
}
