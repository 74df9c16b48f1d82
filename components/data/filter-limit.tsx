import { MAX_QUERY } from '@/lib/contracts/paging';

/** Said under a filter with more text than is looked for; the text stays. */
export function FilterLimit({ length, most = MAX_QUERY }: { length: number; most?: number }) {
  if (length <= most) return null;
  return (
    <p role="status" className="pt-1 text-muted-foreground text-xs">
      Only the first {most} characters are looked for.
    </p>
  );
}
