import { microsOf } from '@/components/budgets/limit-field';
import type { PublicLink } from '@/lib/contracts/public-links';

/** What holds visitors back, as it is typed; empty is no limit. */
export interface LimitTexts {
  dollars: string;
  messages: string;
  conversations: string;
  /** The last day, as in 2026-11-20. */
  until: string;
}

export const FIRST_LIMITS: LimitTexts = { dollars: '5', messages: '', conversations: '', until: '' };

const day = (date: Date): string => {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

export const textsOf = (link: PublicLink): LimitTexts => ({
  dollars: link.dailyLimitMicros === null ? '' : String(link.dailyLimitMicros / 1e6),
  messages: String(link.messagesPerHour ?? ''),
  conversations: String(link.conversationsPerHour ?? ''),
  until: link.expiresAt ? day(link.expiresAt) : '',
});

const isCount = (text: string): boolean =>
  text === '' || (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= 100_000);

/** What is wrong with a field, by its name. */
export const problemsOf = (texts: LimitTexts): Partial<LimitTexts> => ({
  ...(texts.dollars !== '' && microsOf(texts.dollars) === undefined && { dollars: 'Dollars, as in 25 or 0.50.' }),
  ...(!isCount(texts.messages) && { messages: 'A whole number from 1 to 100,000.' }),
  ...(!isCount(texts.conversations) && { conversations: 'A whole number from 1 to 100,000.' }),
  ...(texts.until !== '' && texts.until < day(new Date()) && { until: 'Choose a day to come.' }),
});

const count = (text: string): number | null => (text === '' ? null : Number(text));

export const limitsOf = ({ dollars, messages, conversations, until }: LimitTexts) => ({
  dailyLimitMicros: dollars === '' ? null : (microsOf(dollars) ?? null),
  messagesPerHour: count(messages),
  conversationsPerHour: count(conversations),
  expiresAt: until === '' ? null : new Date(`${until}T23:59:59`),
});
