const count = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

/** Micro-dollars as `$0.0042`: two significant digits below a dime, never rounded to zero. */
export function formatCost(micros: number): string {
  if (micros === 0) return '$0';
  const dollars = Math.abs(micros) / 1_000_000;
  const sign = micros < 0 ? '-' : '';
  if (dollars >= 1)
    return `${sign}$${dollars.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  if (dollars >= 0.1) return `${sign}$${dollars.toFixed(3)}`;
  const digits = Math.min(6, 1 - Math.floor(Math.log10(dollars)));
  return `${sign}$${dollars.toFixed(digits)}`;
}

/** `340 ms`, `2.4 s`, `3 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 59_950) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'm');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const pair = (a: number, aUnit: string, b: number, bUnit: string): string =>
  b === 0 ? `${a} ${aUnit}` : `${a} ${aUnit} ${b} ${bUnit}`;

/** `just now`, `12 s ago`, `5 m ago`, `in 3 d`; a date when it is more than a week away. */
export function formatRelative(date: Date, now: number): string {
  const ms = now - date.getTime();
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  if (seconds < 5) return 'just now';
  if (seconds > 7 * 86_400) return formatDay(date, now);
  const [amount, unit] =
    seconds < 60
      ? [seconds, 's']
      : seconds < 3_600
        ? [Math.floor(seconds / 60), 'm']
        : seconds < 86_400
          ? [Math.floor(seconds / 3_600), 'h']
          : [Math.floor(seconds / 86_400), 'd'];
  return ms < 0 ? `in ${amount} ${unit}` : `${amount} ${unit} ago`;
}

function formatDay(date: Date, now: number): string {
  return new Date(now).getFullYear() === date.getFullYear() ? day.format(date) : dayAndYear.format(date);
}

export const formatDate = (date: Date): string => dayAndYear.format(date);
export const formatExact = (date: Date): string => exact.format(date);
export const formatCount = (n: number): string => count.format(n);
/** `12.4K`: where a number is a size, not an account. */
export const formatCompact = (n: number): string => compact.format(n);

/** Micro-dollars per million tokens as `$0.25`. */
export const formatPrice = (micros: number): string => {
  const dollars = micros / 1_000_000;
  return `$${dollars.toLocaleString('en', { minimumFractionDigits: dollars % 1 === 0 ? 0 : 2, maximumFractionDigits: 4 })}`;
};

export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(1)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** An IPv4 address that came over IPv6, as people write it. */
export const formatAddress = (ip: string): string => ip.replace(/^::ffff:(?=\d+\.)/, '');

/** `0190a5…8d9e`: enough to tell two ids apart. */
export const shortId = (id: string): string => (id.length <= 12 ? id : `${id.slice(0, 6)}…${id.slice(-4)}`);
