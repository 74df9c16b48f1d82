'use client';

import { useEffect, useState } from 'react';

/**
 * The time, told again every `periodMs`; `null` stands still. Null until the page is alive in the browser: what the
 * server rendered must not depend on its clock.
 */
export function useNow(periodMs: number | null): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    if (periodMs === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
}
