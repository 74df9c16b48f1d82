import type { ReactNode } from 'react';

/** One matter of a settings page: what it is, what it changes, the controls. */
export function SettingsSection({
  title,
  help,
  action,
  level = 2,
  children,
}: {
  title: string;
  help?: ReactNode;
  action?: ReactNode;
  /** 1 for the matter the page is about. */
  level?: 1 | 2;
  children: ReactNode;
}) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <section className="pb-10">
      <div className="flex flex-wrap items-start justify-between gap-3 pb-4">
        <div className="min-w-0">
          <Heading className="font-semibold text-lg">{title}</Heading>
          {help && <p className="max-w-prose text-muted-foreground">{help}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
