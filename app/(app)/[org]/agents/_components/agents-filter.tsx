'use client';

import { useEffect, useState } from 'react';
import { FilterField } from '@/components/data/filter-field';
import { useUrlParams } from '@/components/frame/url-params';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { TagsFilter } from './tags-filter';

const CURRENT = 'current';

/** Text and status, kept in the address. */
export function AgentsFilter() {
  const [params, set] = useUrlParams();
  const applied = params.get('q') ?? '';
  const [text, setText] = useState(applied);
  useEffect(() => setText(applied), [applied]);
  useEffect(() => {
    const timer = setTimeout(() => text !== applied && set({ q: text || null }), 200);
    return () => clearTimeout(timer);
  }, [text, applied, set]);

  return (
    <search className="flex flex-wrap gap-2 px-4 pb-3 sm:px-6">
      <FilterField
        aria-label="Filter agents"
        placeholder="Filter by name, description or tag"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Select
        value={params.get('status') ?? CURRENT}
        onValueChange={(value) => set({ status: value === CURRENT ? null : value })}
      >
        <SelectTrigger aria-label="Status" className="w-40">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={CURRENT}>In use</SelectItem>
          <SelectItem value="active">Published</SelectItem>
          <SelectItem value="draft">Drafts only</SelectItem>
          <SelectItem value="archived">Archived</SelectItem>
        </SelectContent>
      </Select>
      <TagsFilter />
    </search>
  );
}
