import { Inngest } from 'inngest';
import type { JsonValue } from '@/lib/contracts/json';
import { env } from '@/lib/env';
import { log } from '@/server/log';
import { libraryLog } from '@/server/telemetry/library-log';
import { findEmbeddedRunner, getEmbeddedRunner } from './embedded';

/** True when this process plays the Inngest server itself. */
export const isRunnerEmbedded = !env.INNGEST_BASE_URL;

// Read at each call: the runner starts after this module is loaded, in the process that serves.
const embeddedFetch: typeof fetch = (input, init) => getEmbeddedRunner().fetch(input, init);

/**
 * The one Inngest client. With INNGEST_BASE_URL it speaks to that server; without, the same calls are answered by the
 * embedded runner in this process. Always in cloud mode, so that every call of a function is signed.
 */
export const inngest = new Inngest({
  id: 'muster',
  isDev: false,
  eventKey: env.INNGEST_EVENT_KEY,
  signingKey: env.INNGEST_SIGNING_KEY,
  logger: libraryLog(log.child({ part: 'inngest' })),
  ...(isRunnerEmbedded
    ? { baseUrl: 'http://embedded.invalid', fetch: embeddedFetch }
    : { baseUrl: env.INNGEST_BASE_URL }),
});

export type SentEvent = {
  /** Sent twice, it starts nothing twice. */
  id: string;
  name: string;
  data: { [key: string]: JsonValue };
};

/** `inngest.send`, by a shorter way where this process plays the server: the SDK's own is a twentieth of a short run. */
export async function sendEvents(events: SentEvent[]): Promise<void> {
  const send = isRunnerEmbedded ? findEmbeddedRunner()?.send : undefined;
  try {
    if (send) return await send(events);
  } catch (error) {
    log.debug({ err: error }, 'events are sent again by the SDK, which tries several times');
  }
  await inngest.send(events);
}
