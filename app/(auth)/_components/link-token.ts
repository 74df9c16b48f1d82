'use client';

import { useSyncExternalStore } from 'react';

const subscribe = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

/** What stands behind `#` in a link from a mail; null while the page is not alive yet, empty when there is nothing. */
export const useLinkToken = (): string | null =>
  useSyncExternalStore<string | null>(
    subscribe,
    () => window.location.hash.slice(1),
    () => null,
  );
