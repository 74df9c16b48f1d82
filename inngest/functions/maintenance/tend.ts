import { cron } from 'inngest';
import { tendDatabase } from '@/server/maintenance/service';
import { inngest } from '../../client';

/** Does for the embedded database what autovacuum does for a server. */
export const tend = inngest.createFunction(
  { id: 'maintenance-tend', name: 'Tend the embedded database', triggers: [cron('* * * * *')], retries: 0 },
  ({ step }) => step.run('tend', () => tendDatabase()),
);
