'use client';

import { Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Input } from '@/components/ui/input';

/** What a list is narrowed by: reached by `/`, left by Escape. */
export function FilterField(
  props: { 'aria-label': string } & Omit<ComponentProps<typeof Input>, 'className' | 'type'>,
) {
  return (
    <div className="relative min-w-48 flex-1 sm:max-w-xs">
      <Search className="absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        data-filter
        type="search"
        maxLength={200}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        {...props}
        className="pl-8 text-sm"
      />
    </div>
  );
}
