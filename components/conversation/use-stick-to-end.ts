'use client';

import { type RefObject, useEffect, useRef } from 'react';

const NEAR = 80;

/** Keeps a scroller at its end while what is in it grows, unless somebody scrolled away from it. */
export function useStickToEnd(): RefObject<HTMLDivElement | null> {
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    let stuck = true;
    const note = () => {
      stuck = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    };
    const observer = new ResizeObserver(() => {
      if (stuck) element.scrollTop = element.scrollHeight;
    });
    observer.observe(content);
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', note);
    };
  }, []);
  return scroller;
}
