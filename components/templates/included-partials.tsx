'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { Skeleton } from '@/components/ui/skeleton';
import type { OfferedPartial } from '@/lib/contracts/partials';
import { includedNames } from '@/lib/partials';
import { useTRPC } from '@/lib/trpc/client';

/** The partials that a text includes, each with its text; those that are not there, with what to do. */
export function IncludedPartials({
  text,
  partials,
}: {
  text: string;
  partials: readonly OfferedPartial[] | undefined;
}) {
  const { slug } = useOrg();
  const names = includedNames(text);
  if (names.length === 0 || !partials) return null;
  const isThere = (name: string) => partials.some((partial) => partial.name === name);
  const missing = names.filter((name) => !isThere(name));
  return (
    <div className="grid gap-1 pt-1.5 text-xs">
      <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground empty:hidden">
        {missing.length < names.length && 'Includes'}
        {names.filter(isThere).map((name) => (
          <Peek key={name} name={name} />
        ))}
      </p>
      {missing.map((name) => (
        <p key={name} className="text-waiting">
          There is no partial “{name.slice(0, 63)}”.{' '}
          <Link
            href={`/${slug}/agents/partials/new?name=${encodeURIComponent(name.slice(0, 63))}`}
            className="focus-ring rounded-sm underline underline-offset-2"
          >
            Make it
          </Link>
          , or take it out.
        </p>
      ))}
    </div>
  );
}

function Peek({ name }: { name: string }) {
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button
          variant="ghost"
          size="inline"
          className="rounded-sm bg-tint px-1.5 py-0.5 font-mono font-normal text-link text-xs hover:bg-accent"
        >
          {name}
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={`Text of ${name}`} className="w-[28rem] max-w-[92vw] p-3">
        <Text name={name} />
      </PopoverContent>
    </Popover>
  );
}

/** Asked for when it is looked at. */
function Text({ name }: { name: string }) {
  const { slug } = useOrg();
  const { data, error } = useQuery(useTRPC().partials.get.queryOptions({ org: slug, name }));
  if (error) return <p className="text-destructive">{apiErrorOf(error).message}</p>;
  if (!data) return <Skeleton className="h-16" />;
  return (
    <div className="grid gap-2">
      {data.description && <p className="text-muted-foreground text-xs">{data.description}</p>}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        className="focus-ring scroll-thin max-h-64 overflow-y-auto whitespace-pre-wrap break-words rounded-sm font-mono text-xs"
      >
        {data.text || 'Empty.'}
      </pre>
      <Link
        href={`/${slug}/agents/partials/${name}`}
        className="focus-ring w-fit rounded-sm text-link text-xs underline"
      >
        Open
      </Link>
    </div>
  );
}
