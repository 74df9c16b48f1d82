'use client';

import './globals.css';

/** When even the frame of the page fails. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto flex min-h-dvh max-w-sm flex-col items-start justify-center gap-3 px-6">
          <h1 className="font-semibold text-xl">This page failed to load</h1>
          <p className="text-base text-muted-foreground">
            Nothing you saved is lost. Try again; if it stays, tell your administrator.
          </p>
          <button type="button" onClick={retry} className="h-8 rounded-md border border-input px-3 font-medium">
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
