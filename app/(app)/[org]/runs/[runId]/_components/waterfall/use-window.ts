'use client';

import { type RefObject, useEffect, useState } from 'react';

/** Drawn beyond what is seen, so that scrolling meets no gap. */
const MARGIN = 20;
/** Drawn before anything was measured, on the server as well. */
const FIRST = 60;

/** Which rows of a long list are near what its scrolling ancestor shows. All rows have the same height. */
export function useWindow(list: RefObject<HTMLElement | null>, rowPx: number): { from: number; to: number } {
  const [range, setRange] = useState({ from: 0, to: FIRST });
  useEffect(() => {
    const element = list.current;
    const scroller = element?.closest<HTMLElement>('[data-scroller]');
    if (!element || !scroller) return;
    const measure = () => {
      const above = scroller.getBoundingClientRect().top - element.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(above / rowPx) - MARGIN);
      const to = Math.ceil((above + scroller.clientHeight) / rowPx) + MARGIN;
      setRange((now) => (now.from === from && now.to === to ? now : { from, to }));
    };
    measure();
    scroller.addEventListener('scroll', measure, { passive: true });
    const resized = new ResizeObserver(measure);
    resized.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', measure);
      resized.disconnect();
    };
  }, [list, rowPx]);
  return range;
}
