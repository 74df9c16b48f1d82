'use client';

import { useCallback, useEffect, useState } from 'react';
import { MAX_DOCUMENTS } from '@/lib/contracts/agent-documents';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role]') !== null);

/** The agents marked in the list; `x` marks the row that has the focus, Escape lets go of all. */
export function useSelection(shown: readonly { id: string }[]) {
  const [marked, setMarked] = useState<readonly string[]>([]);
  // What is no longer in the list is not acted upon.
  const ids = marked.filter((id) => shown.some((agent) => agent.id === id));
  const toggle = useCallback(
    (id: string) =>
      setMarked((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id].slice(-MAX_DOCUMENTS))),
    [],
  );
  const clear = useCallback(() => setMarked([]), []);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const row = document.activeElement?.closest<HTMLElement>('[data-agent-id]')?.dataset.agentId;
      if (event.key === 'x' && row) toggle(row);
      else if (event.key === 'Escape') clear();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [toggle, clear]);

  return {
    ids,
    has: (id: string) => ids.includes(id),
    toggle,
    clear,
    all: () => setMarked(shown.slice(0, MAX_DOCUMENTS).map(({ id }) => id)),
  };
}
export type Selection = ReturnType<typeof useSelection>;
