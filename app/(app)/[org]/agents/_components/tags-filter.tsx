'use client';

import { useQuery } from '@tanstack/react-query';
import { Check, Pencil, Tag } from 'lucide-react';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { Button } from '@/components/ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { useTRPC } from '@/lib/trpc/client';
import { formatTags, parseTags } from './list-input';
import { RenameTagDialog } from './rename-tag-dialog';

/** The tags there are, how often each is used, and which the list is narrowed to. */
export function TagsFilter() {
  const { slug, can } = useOrg();
  const [params, set] = useUrlParams();
  const chosen = parseTags(params);
  const [renaming, setRenaming] = useState<string>();
  const tags = useQuery(useTRPC().agents.tags.queryOptions({ org: slug }));
  // A tag in the address that nobody wears any more can still be taken out of it.
  const gone = chosen.filter((tag) => !tags.data?.some((one) => one.tag === tag)).map((tag) => ({ tag, count: 0 }));
  const all = [...(tags.data ?? []), ...gone];
  if (all.length === 0) return null;
  const toggle = (tag: string) =>
    set({ tags: formatTags(chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag]) });
  return (
    <>
      <Popover>
        <PopoverTrigger asChild>
          <Button variant="outline" className="max-w-64">
            <Tag />
            <span className="truncate">{chosen.length > 0 ? chosen.join(', ') : 'Tags'}</span>
          </Button>
        </PopoverTrigger>
        <PopoverContent align="start" className="scroll-thin max-h-80 w-64 overflow-y-auto p-1">
          <ul aria-label="Tags">
            {all.map(({ tag, count }) => (
              <li key={tag} className="flex items-center gap-1">
                <button
                  type="button"
                  aria-pressed={chosen.includes(tag)}
                  onClick={() => toggle(tag)}
                  className="focus-ring flex h-8 min-w-0 flex-1 items-center gap-2 rounded-sm px-2 text-left hover:bg-accent"
                >
                  <Check className={chosen.includes(tag) ? 'size-4' : 'invisible size-4'} aria-hidden />
                  <span className="min-w-0 flex-1 truncate">{tag}</span>
                  <span className="text-muted-foreground text-xs tabular-nums">{count}</span>
                </button>
                {can('agents:write') && count > 0 && (
                  <Button size="icon-sm" variant="ghost" aria-label={`Rename ${tag}`} onClick={() => setRenaming(tag)}>
                    <Pencil className="text-muted-foreground" />
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </PopoverContent>
      </Popover>
      {renaming !== undefined && <RenameTagDialog tag={renaming} onClose={() => setRenaming(undefined)} />}
    </>
  );
}
