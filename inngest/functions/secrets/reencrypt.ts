import { type Place, reencryptBatch, START } from '@/server/secrets/rotation';
import { inngest } from '../../client';
import { dataKeyRotated } from '../../events';

/** Encrypts everything an organization keeps with its new data key, a batch a step: killed in the middle, it goes on. */
export const reencrypt = inngest.createFunction(
  {
    id: 'secrets-reencrypt',
    name: 'Encrypt with the new data key',
    triggers: [dataKeyRotated],
    concurrency: { key: 'event.data.orgId', limit: 1 },
    retries: 8,
  },
  async ({ event, step }) => {
    let place: Place | null = START;
    for (let batch = 0; place !== null; batch += 1) {
      const from: Place = place;
      place = await step.run(`batch-${batch}`, () => reencryptBatch(event.data.orgId, from));
    }
  },
);
