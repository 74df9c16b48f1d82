'use client';

import { useState } from 'react';
import { moved } from '../route-values';

let last = 0;
const fresh = (count: number) => Array.from({ length: count }, () => ++last);

/** Keys of rows that have no name of their own: they stay with their row when it moves, and the focus with them. */
export function useKeys(count: number) {
  const [known, setKeys] = useState(() => fresh(count));
  let keys = known;
  // Somebody else's rows were taken over, or one was brought back.
  if (keys.length !== count) {
    keys = fresh(count);
    setKeys(keys);
  }
  return {
    keys,
    add: () => setKeys([...keys, ...fresh(1)]),
    move: (from: number, to: number) => setKeys(moved(keys, from, to)),
    remove: (at: number) => setKeys(keys.toSpliced(at, 1)),
  };
}
