import Link from 'next/link';
import type { ReactNode } from 'react';

/** Title, one line of facts, one primary action at the right; `under` is the list that the page belongs to. */
export function PageHead({
  title,
  under,
  facts,
  actions,
}: {
  title: ReactNode;
  under?: { label: string; href: string };
  facts?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="flex min-h-13 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5 sm:px-6">
      <div className="min-w-0">
        <h1 className="truncate font-semibold text-lg">
          {under && (
            <>
              <Link
                href={under.href}
                className="focus-ring rounded-sm font-normal text-muted-foreground hover:text-foreground"
              >
                {under.label}
              </Link>
              <span className="px-1.5 font-normal text-muted-foreground" aria-hidden>
                ›
              </span>
            </>
          )}
          {title}
        </h1>
        {facts && <p className="text-muted-foreground text-xs">{facts}</p>}
      </div>
      {actions && <div className="flex items-center gap-2">{actions}</div>}
    </header>
  );
}
