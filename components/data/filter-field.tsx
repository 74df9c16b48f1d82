'use client';

import { Search } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { Input } from '@/components/ui/input';
import { FilterLimit } from './filter-limit';

/** What a list is narrowed by: reached by `/`, left by Escape. */
export function FilterField(
  props: { 'aria-label': string } & Omit<ComponentProps<typeof Input>, 'className' | 'type'>,
) {
  const [typed, setTyped] = useState(String(props.defaultValue ?? ''));
  const length = props.value === undefined ? typed.length : String(props.value).length;
  return (
    <div className="relative min-w-48 flex-1 sm:max-w-xs">
      <Search className="absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        data-filter
        type="search"
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        {...props}
        onChange={(event) => {
          setTyped(event.target.value);
          props.onChange?.(event);
        }}
        className="pl-8 text-sm"
      />
      <FilterLimit length={length} />
    </div>
  );
}
