import { cron } from 'inngest';
import { env } from '@/lib/env';
import { listOrganizations } from '@/server/ledger/check';
import { log } from '@/server/log';
import { rewrapDataKeys } from '@/server/secrets/rotation';
import { inngest } from '../../client';

/** Organizations of one step. */
const SLICE = 200;

/** While the master key changes: wraps every organization's data keys by the new one. */
export const rewrap = inngest.createFunction(
  {
    id: 'secrets-rewrap',
    name: 'Wrap data keys by the new master key',
    triggers: [cron('*/5 * * * *')],
    concurrency: 1,
    retries: 2,
  },
  async ({ step }) => {
    if (!env.MUSTER_MASTER_KEY_PREVIOUS) return;
    const organizations = await step.run('begin', () => listOrganizations());
    let many = 0;
    for (let from = 0; from < organizations.length; from += SLICE) {
      many += await step.run(`rewrap-${from}`, async () => {
        let rewrapped = 0;
        for (const orgId of organizations.slice(from, from + SLICE)) rewrapped += await rewrapDataKeys(orgId);
        return rewrapped;
      });
    }
    await step.run('tell', async () => {
      log.info(
        { rewrapped: many },
        'every data key is wrapped by MUSTER_MASTER_KEY; MUSTER_MASTER_KEY_PREVIOUS can go',
      );
    });
  },
);
