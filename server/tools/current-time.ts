import { z } from 'zod';
import { Invalid } from '../errors';
import { machineTool } from './tool';

const input = z.object({
  timeZone: z.string().max(60).default('UTC').describe('IANA time zone, for example Europe/Berlin; UTC when omitted'),
});

export const currentTime = machineTool({
  name: 'current_time',
  label: 'Current time',
  does: 'Tells date and time in a time zone.',
  group: 'time',
  reads: 'nothing',
  effect: 'none',
  description: 'Date, time and weekday now, in a time zone. For everything that depends on today or now.',
  inputSchema: input,
  isInstant: true,
  timeoutMs: 1_000,
  run: ({ timeZone }) => ({ ...describeInstant(new Date(), timeZone) }),
});

/** How clocks in `timeZone` show an instant. @throws Invalid for a zone that does not exist. */
export function describeInstant(instant: Date, timeZone: string) {
  const parts = new Map(
    format(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const date = `${get('year').padStart(4, '0')}-${get('month')}-${get('day')}`;
  const time = `${get('hour')}:${get('minute')}:${get('second')}`;
  // "GMT" alone is the zone without offset.
  const utcOffset = get('timeZoneName').slice(3) || '+00:00';
  return { timeZone, date, time, weekday: get('weekday'), utcOffset, iso: `${date}T${time}${utcOffset}` };
}

function format(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
  } catch {
    throw new Invalid(
      `There is no time zone ${JSON.stringify(timeZone)}. Use an IANA name such as Europe/Berlin or UTC.`,
    );
  }
}
