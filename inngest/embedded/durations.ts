const UNIT_MS: Record<string, number> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a duration such as `1d2h30m10s`, which is how the SDK writes them; undefined if it is none. */
export function durationMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

/** When a duration from now or a date is reached, as milliseconds since 1970; undefined if the text is neither. */
export function dueAtMs(text: string, nowMs = Date.now()): number | undefined {
  const duration = durationMs(text);
  if (duration !== undefined) return nowMs + duration;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}

/** Milliseconds to wait by a `Retry-After` header: seconds, or a date with milliseconds as the SDK sends it. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (!header) return undefined;
  if (/^\d+(\.\d+)?$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
