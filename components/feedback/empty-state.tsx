import type { ReactNode } from 'react';

/** One sentence, what to do about it, and perhaps an example. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-1 px-4 py-10 sm:items-center sm:px-6 sm:py-16 sm:text-center">
      <p className="font-medium text-base">{title}</p>
      {children && <p className="max-w-md text-balance text-muted-foreground">{children}</p>}
      {action && <div className="mt-3 flex flex-wrap gap-2 sm:justify-center">{action}</div>}
    </div>
  );
}
