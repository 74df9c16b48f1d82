import { cron } from 'inngest';
import { pruneThrottles } from '@/server/auth/throttle';
import { pruneMail } from '@/server/mail/service';
import { pruneAccounts } from '@/server/people/service';
import { inngest } from '../../client';

/** Removes what is over: links, ended sessions, old mail, tries long ago. */
export const tidyPeople = inngest.createFunction(
  {
    id: 'people-tidy',
    name: 'Remove links, sessions and mail that are over',
    triggers: [cron('17 * * * *')],
    retries: 1,
  },
  ({ step }) =>
    step.run('tidy', async () => {
      await pruneAccounts();
      await pruneMail();
      await pruneThrottles();
    }),
);
