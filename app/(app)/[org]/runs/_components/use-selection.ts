'use client';

import { useState } from 'react';

/** The runs marked for a comparison: two, the older mark gives way to a third. */
export function useSelection() {
  const [ids, setIds] = useState<string[]>([]);
  return {
    ids,
    has: (id: string) => ids.includes(id),
    toggle: (id: string) =>
      setIds((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id].slice(-2))),
    clear: () => setIds([]),
  };
}
export type Selection = ReturnType<typeof useSelection>;
