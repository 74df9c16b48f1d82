'use client';

import { type RefObject, useRef, useState } from 'react';

/** What opened a dialog, the best place to return to first; kept for a dialog that opens in place of another. */
const openers = new WeakMap<Element, HTMLElement[]>();

function placesToReturn(): HTMLElement[] {
  const now = typeof document === 'undefined' ? null : document.activeElement;
  if (!(now instanceof HTMLElement)) return [];
  const menu = now.closest('[role="menu"]');
  const trigger = document.getElementById(menu?.getAttribute('aria-labelledby') ?? '');
  const dialog = now.closest('[role="dialog"]');
  return [now, ...(trigger ? [trigger] : []), ...((dialog && openers.get(dialog)) ?? [])];
}

/**
 * Radix returns the focus to a dialog's own trigger alone; ours mostly open by a key, a menu or another dialog.
 * `FocusOrigin` is rendered within the dialog's content: only there is it new each time the dialog opens.
 */
export function useFocusReturn() {
  const places = useRef<HTMLElement[]>([]);
  const onCloseAutoFocus = (event: Event) => {
    const place = places.current.find((one) => one.isConnected);
    if (!place) return;
    event.preventDefault();
    place.focus();
  };
  return { places, onCloseAutoFocus };
}

export function FocusOrigin({ places }: { places: RefObject<HTMLElement[]> }) {
  const [found] = useState(placesToReturn);
  return (
    <span
      hidden
      ref={(element) => {
        places.current = found;
        const dialog = element?.closest('[role="dialog"]');
        if (dialog) openers.set(dialog, found);
      }}
    />
  );
}
