'use client';

import { lazy, Suspense, useDeferredValue } from 'react';

const MarkdownBody = lazy(() => import('./markdown-body'));

/** What a model wrote. Plain text until the renderer is there, and for what is no Markdown. */
export function Markdown({ text }: { text: string }) {
  const settled = useDeferredValue(text);
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap break-words">{text}</p>}>
      <MarkdownBody text={settled} />
    </Suspense>
  );
}
