'use client';

import { useEffect } from 'react';

/** Names the browser's tab after what is on the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Muster`;
  }, [title]);
}
