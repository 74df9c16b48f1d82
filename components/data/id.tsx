'use client';

import { cn } from '@/components/ui/cn';
import { shortId } from '@/lib/format';
import { useCopy } from './copy-button';

/** An id, shortened in the middle; one click copies the whole. */
export function Id({ id, className }: { id: string; className?: string }) {
  const [copied, copy] = useCopy();
  return (
    <button
      type="button"
      title={`Copy ${id}`}
      onClick={() => copy(id)}
      className={cn(
        'focus-ring whitespace-nowrap rounded-sm font-mono text-muted-foreground text-xs hover:text-foreground',
        className,
      )}
    >
      <span aria-live="polite">{copied ? 'Copied' : shortId(id)}</span>
    </button>
  );
}
