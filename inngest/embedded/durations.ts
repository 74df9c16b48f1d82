export const DAY_MS = 86_400_000;
const UNIT_MS: Record<string, number> = { w: 7 * DAY_MS, d: DAY_MS, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a duration such as `1d2h30m10s`, which is how the SDK writes them; undefined if it is none. */
export function durationMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

/** The last moment of a date, in September 275760. */
const LAST_MS = 8.64e15;

/** When a duration from now or a date is reached, as milliseconds since 1970; undefined if the text is neither, or never is. */
export function dueAtMs(text: string, nowMs = Date.now()): number | undefined {
  const duration = durationMs(text);
  const dueMs = duration === undefined ? Date.parse(text) : nowMs + duration;
  return dueMs <= LAST_MS ? dueMs : undefined;
}

/** As on Inngest, nobody waits longer for another try. */
const MAX_RETRY_AFTER_MS = DAY_MS;

/** Milliseconds to wait by a `Retry-After` header: seconds, or a date with milliseconds as the SDK sends it. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}
