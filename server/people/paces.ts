import { networkOf, type Pace, takeTry, throttleKey } from '../auth/throttle';
import type { RequestInfo } from '../context';
import { asSystem } from '../context';
import { LimitExceeded } from '../errors';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Wrong passwords for one account: five, then a quarter of a minute, doubling. */
export const ACCOUNT_PACE: Pace = {
  free: 5,
  firstPauseSeconds: 15,
  maxPauseSeconds: 15 * MINUTE,
  forgetSeconds: HOUR,
};
/** Wrong passwords from one network, whoever they are for: an office may share it. */
export const NETWORK_PACE: Pace = {
  free: 30,
  firstPauseSeconds: 5,
  maxPauseSeconds: 15 * MINUTE,
  forgetSeconds: HOUR,
};
/** What costs us a hash or a mail, from one network. */
const ASKING_PACE: Pace = { free: 100, firstPauseSeconds: 2, maxPauseSeconds: 5 * MINUTE, forgetSeconds: HOUR };
/** Mails that strangers have sent to one address. */
const MAIL_PACE: Pace = { free: 5, firstPauseSeconds: MINUTE, maxPauseSeconds: 6 * HOUR, forgetSeconds: 24 * HOUR };

export const accountKey = (email: string): string => throttleKey('password', email);
export const networkKey = (request: RequestInfo): string => throttleKey('network', networkOf(request.ip));

export const tooMany = (wait: number): LimitExceeded =>
  new LimitExceeded(
    wait < 100
      ? `Too many tries. Wait ${wait} seconds and try again.`
      : `Too many tries. Wait ${Math.ceil(wait / 60)} minutes and try again.`,
    wait,
  );

/** Counts a request that costs something. @throws LimitExceeded for a network that asks all the time. */
export async function requireAskingPace(request: RequestInfo): Promise<void> {
  const wait = await asSystem((db) => takeTry(db, throttleKey('asking', networkOf(request.ip)), ASKING_PACE));
  if (wait > 0) throw tooMany(wait);
}

/** False when an address got so much mail on request that the next one has to wait. Whoever asks is not told. */
export const mayMail = async (email: string): Promise<boolean> =>
  (await asSystem((db) => takeTry(db, throttleKey('mail', email), MAIL_PACE))) === 0;
