import { cron } from 'inngest';
import { checkLedger, listOrganizations } from '@/server/ledger/check';
import { releaseLeft } from '@/server/runs/leftovers';
import { inngest } from '../../client';

const DAY_MS = 86_400_000;
/** The hour, in UTC, in which everything is looked at; in the others, what is younger than two days. */
const WHOLE_HOUR = 3;

/** Organizations of one step: few enough that a step which is tried again does not begin at the start. */
const SLICE = 50;

/** Compares every organization's ledger with its calls, runs and budgets. */
export const ledgerCheck = inngest.createFunction(
  { id: 'ledger-check', name: 'Check the ledger', triggers: [cron('23 * * * *')], retries: 2, concurrency: 1 },
  async ({ step }) => {
    const { organizations, since } = await step.run('begin', async () => {
      const now = new Date();
      const isWhole = now.getUTCHours() === WHOLE_HOUR;
      return { organizations: await listOrganizations(), since: isWhole ? null : now.getTime() - 2 * DAY_MS };
    });
    for (let from = 0; from < organizations.length; from += SLICE) {
      await step.run(`check-${from}`, async () => {
        for (const orgId of organizations.slice(from, from + SLICE)) {
          await checkLedger(orgId, releaseLeft, since === null ? undefined : new Date(since));
        }
      });
    }
  },
);
