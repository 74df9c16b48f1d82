import { jobContext, type RunAddress } from './execution';
import { endRun } from './span-end';

/** For a run whose job failed for a reason of ours: it must not look as if it went on. */
export async function abandonRun(address: RunAddress): Promise<void> {
  const error = {
    code: 'internal',
    message: 'The run stopped for a reason of ours. Run it again; if it stays, tell us the run id.',
  } as const;
  await endRun(jobContext(address), address.runId, { status: 'failed', error }, { release: true });
}
