import type { Metadata } from 'next';

export const metadata: Metadata = { title: { absolute: 'Not found' }, robots: { index: false, follow: false } };

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-2 px-6">
      <h1 className="font-semibold text-xl">There is nothing at this address</h1>
      <p className="text-base text-muted-foreground">
        It may have been turned off, or replaced by another one. Ask whoever gave it to you.
      </p>
    </main>
  );
}
