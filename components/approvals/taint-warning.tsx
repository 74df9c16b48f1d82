import { TriangleAlert } from 'lucide-react';
import { toolLabel } from '@/components/run/tool-sentence';

/** Why this call is asked about: what the run has read may be behind it. */
export function TaintWarning({ taintedBy }: { taintedBy: readonly string[] }) {
  const readers = taintedBy.map(toolLabel).join(', ');
  return (
    <div role="note" className="flex gap-2 rounded-md border border-waiting bg-background px-2.5 py-2">
      <TriangleAlert className="mt-0.5 size-4 shrink-0 text-waiting" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">
          {readers
            ? `It has read text from outside: ${readers}`
            : 'Text from outside was read earlier in the conversation'}
        </p>
        <p className="text-muted-foreground text-xs">
          That text may be what wants this call. Look closely at where it goes and what it sends.
        </p>
      </div>
    </div>
  );
}
