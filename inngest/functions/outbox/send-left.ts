import { cron } from 'inngest';
import { sendLeftEvents } from '@/server/outbox';
import { inngest } from '../../client';

/** Sends the events of transactions whose process died before it could. */
export const sendLeft = inngest.createFunction(
  { id: 'outbox-send-left', name: 'Send events left behind', triggers: [cron('* * * * *')], retries: 1 },
  ({ step }) => step.run('send', () => sendLeftEvents()),
);
