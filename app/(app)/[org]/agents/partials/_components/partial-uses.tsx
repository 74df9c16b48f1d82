'use client';

import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { LoadMore } from '@/components/data/load-more';
import { paged } from '@/components/data/paged';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import type { PartialUse, PromptPartial } from '@/lib/contracts/partials';
import { useTRPC } from '@/lib/trpc/client';

const link = 'focus-ring min-w-0 truncate rounded-sm hover:underline';

/** The agents and the partials that have a partial, and what of theirs is published. */
export function PartialUses({ partial: { name, includedBy } }: { partial: PromptPartial }) {
  const { slug } = useOrg();
  const list = useSuspenseInfiniteQuery(useTRPC().partials.uses.infiniteQueryOptions({ org: slug, name }, paged));
  const uses = list.data.pages.flatMap((page) => page.items);
  return (
    <section aria-label="Used by" className="px-4 pb-10 sm:px-6 lg:pl-2">
      <h2 className="pb-2 font-medium text-sm">Used by</h2>
      {uses.length === 0 && includedBy.length === 0 && (
        <p className="text-muted-foreground">Nothing includes it yet.</p>
      )}
      {includedBy.length > 0 && (
        <ul className="mb-3 divide-y rounded-md border" aria-label="Partials">
          {includedBy.map((partial) => (
            <li key={partial} className="flex min-h-9 items-center justify-between gap-3 px-3 py-1.5">
              <Link href={`/${slug}/agents/partials/${partial}`} className={`${link} font-mono text-xs`}>
                {partial}
              </Link>
              <span className="shrink-0 text-muted-foreground text-xs">Partial</span>
            </li>
          ))}
        </ul>
      )}
      {uses.length > 0 && (
        <ul className="divide-y rounded-md border" aria-label="Agents">
          {uses.map((use) => (
            <li key={use.agentId} className="flex min-h-9 items-center justify-between gap-3 px-3 py-1.5">
              <Link href={`/${slug}/agents/${use.agentId}`} className={link}>
                {use.agentName}
              </Link>
              <Published use={use} />
            </li>
          ))}
        </ul>
      )}
      <LoadMore list={list} />
    </section>
  );
}

function Published({ use: { inDraft, publishedVersion, isOlder } }: { use: PartialUse }) {
  const version = publishedVersion === null ? 'draft only' : `v${publishedVersion}`;
  return (
    <span className="flex shrink-0 items-center gap-2 text-muted-foreground text-xs tabular-nums">
      {isOlder && <Badge variant="waiting">older text</Badge>}
      {inDraft ? version : `${version}, not in the draft`}
    </span>
  );
}
