'use client';

import { GitCompare } from 'lucide-react';
import Link from 'next/link';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { Selection } from './use-selection';

/** Appears with the first marked run; with the second it leads to the comparison, the older one first. */
export function CompareBar({ selection }: { selection: Selection }) {
  const { slug } = useOrg();
  const [a, b] = selection.ids.toSorted();
  if (!a) return null;
  return (
    <div className="sticky bottom-4 z-10 mx-auto flex w-fit items-center gap-3 rounded-md border bg-popover px-3 py-2 shadow-float">
      <span role="status" className="text-muted-foreground">
        {b ? 'Two runs selected' : 'Select another run to compare'}
      </span>
      {b && (
        <Button size="sm" asChild>
          <Link href={`/${slug}/runs/compare?a=${a}&b=${b}`}>
            <GitCompare /> Compare
          </Link>
        </Button>
      )}
      <Button size="sm" variant="outline" onClick={selection.clear}>
        Clear
      </Button>
    </div>
  );
}
