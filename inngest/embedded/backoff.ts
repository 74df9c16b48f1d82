const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Delays before the first, second, … retry, as Inngest has them. */
export const BACKOFF_MS: readonly number[] = [15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE];

/** Milliseconds to wait after the failure number `failed` (from 0), up to a tenth more or less, so that retries spread. */
export function backoffMs(table: readonly number[], failed: number, random = Math.random): number {
  const base = table[Math.min(failed, table.length - 1)] ?? 0;
  return Math.round(base * (0.9 + random() * 0.2));
}
