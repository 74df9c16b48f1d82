import type { ReactNode } from 'react';

/** What a page of signing in is about. */
export function AuthHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <>
      <h1 className="font-semibold text-xl">{title}</h1>
      {children && <div className="mt-1 text-base text-muted-foreground">{children}</div>}
    </>
  );
}
