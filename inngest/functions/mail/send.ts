import { NonRetriableError } from 'inngest';
import { Upstream } from '@/server/errors';
import { deliverMail } from '@/server/mail/service';
import { inngest } from '../../client';
import { mailQueued } from '../../events';

/** Sends one mail; a mail server that is away is asked again for some hours. */
export const sendQueuedMail = inngest.createFunction(
  { id: 'mail-send', name: 'Send a mail', triggers: [mailQueued], idempotency: 'event.data.mailId', retries: 12 },
  ({ event, step }) =>
    step.run('send', async () => {
      try {
        await deliverMail(event.data.mailId);
      } catch (error) {
        if (error instanceof Upstream && !error.retriable) throw new NonRetriableError(error.message, { cause: error });
        throw error;
      }
    }),
);
