import type { ReactNode } from 'react';

/** One section of the form; the list of sections follows it by its id. */
export function Section({
  id,
  title,
  help,
  aside,
  children,
}: {
  id: string;
  title: string;
  help?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section id={id} data-section aria-labelledby={`${id}-title`} className="scroll-mt-4 pb-8">
      <div className="flex min-h-7 items-center justify-between gap-3 pb-2">
        <h2 id={`${id}-title`} className="font-semibold text-base">
          {title}
        </h2>
        {aside}
      </div>
      {help && <p className="-mt-1 pb-3 text-muted-foreground">{help}</p>}
      {children}
    </section>
  );
}
