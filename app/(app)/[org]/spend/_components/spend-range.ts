import type { SpendInput } from '@/lib/contracts/ledger';

export const RANGES = {
  today: 'Today',
  week: 'Last 7 days',
  days30: 'Last 30 days',
  month: 'This month',
  custom: 'Other days',
} as const;
export type Range = keyof typeof RANGES;

const DAY_MS = 86_400_000;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const isDay = (text: string | null): text is string =>
  text !== null &&
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  dayOf(Date.parse(text)) === text;
const isRange = (text: string | null): text is Range => text !== null && Object.hasOwn(RANGES, text);

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const idOf = (text: string | null): string | undefined => (text !== null && ID.test(text) ? text : undefined);

/** The days, in UTC, and what they are narrowed to, out of the address; anything odd in it is the last 30 days. */
export function parseSpend(
  params: { get(name: string): string | null },
  now: number,
): { range: Range; input: SpendInput } {
  const asked = params.get('range');
  const [from, to] = [params.get('from'), params.get('to')];
  const range = isRange(asked) && (asked !== 'custom' || (isDay(from) && isDay(to) && from <= to)) ? asked : 'days30';
  const today = dayOf(now);
  const first: Record<Range, string> = {
    today,
    week: dayOf(now - 6 * DAY_MS),
    days30: dayOf(now - 29 * DAY_MS),
    month: `${today.slice(0, 7)}-01`,
    custom: from ?? today,
  };
  const filter = {
    agentId: idOf(params.get('agent')),
    actorId: idOf(params.get('by')),
    item: params.get('model')?.slice(0, 200) || undefined,
  };
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  return { range, input: { from: first[range], to: range === 'custom' ? (to ?? today) : today, ...given } };
}

/** Every day from one to another, both included; a year at most, for a picture. */
export function daysBetween(from: string, to: string): string[] {
  const count = Math.min(366, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) => dayOf(Date.parse(to) - (count - 1 - index) * DAY_MS));
}
