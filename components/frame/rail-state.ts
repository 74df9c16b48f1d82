'use client';

import { useSyncExternalStore } from 'react';

const KEY = 'muster.rail';
const listeners = new Set<() => void>();

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether the rail is narrow, kept in this browser. */
export function useRailState(): [collapsed: boolean, toggle: () => void] {
  const collapsed = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(KEY) === 'narrow',
    () => false,
  );
  const toggle = () => {
    localStorage.setItem(KEY, collapsed ? 'wide' : 'narrow');
    for (const listener of listeners) listener();
  };
  return [collapsed, toggle];
}
