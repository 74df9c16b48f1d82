'use client';

import { type ReactNode, useSyncExternalStore } from 'react';

const never = () => () => {};

/** Leaves out of the server's rendering what the server has not fetched; `when` says whether that is so. */
export function BrowserOnly({ when, fallback, children }: { when: boolean; fallback: ReactNode; children: ReactNode }) {
  const alive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return when && !alive ? fallback : children;
}
