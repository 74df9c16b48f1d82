import pLimit from 'p-limit';

/** What takes longer waits for something, a lock mostly, and holds up nobody. */
const PATIENCE_MS = 50;

export type Lanes = (work: () => Promise<void>) => void;

/**
 * So much is under way at once, in the order in which it was asked for; what takes longer than 50 ms no longer counts.
 * @returns takes work that never fails
 */
export function lanes(count: number): Lanes {
  const limit = pLimit(count);
  return (work) => void limit(() => overOrLate(work()));
}

function overOrLate(work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(resolve, PATIENCE_MS);
  return Promise.race([work.finally(() => clearTimeout(late)), promise]);
}
