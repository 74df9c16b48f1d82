import { isEmbedded } from '@/db/client';
import { withTenant } from '../context';
import { type Execution, jobContext, type RunAddress } from './execution';
import { RunCancelled } from './live';
import * as queries from './queries';
import type { StopReason } from './stop-reason';

/** Why work on a run stops before it is done: its limits, its time, somebody who cancelled it. */

/** The relay tells sooner; this is for when it cannot. */
const LOOK_MS = 5_000;

export class TimeIsUp extends Error {
  readonly reason: StopReason;
  constructor(reason: StopReason) {
    super(reason.message);
    this.reason = reason;
  }
}

/** The limit that forbids another model call, if one does. */
export function limitReached(execution: Execution, turn: number): StopReason | undefined {
  const { limits } = execution.spec;
  if (turn >= limits.maxSteps) {
    return {
      code: 'limit_steps',
      message: `The agent did not come to an end in ${limits.maxSteps} model calls. Raise the step limit, or make the task smaller.`,
    };
  }
  return remainingMs(execution) <= 0 ? secondsReached(execution) : undefined;
}

const secondsReached = ({ spec }: Execution): StopReason => ({
  code: 'limit_seconds',
  message: `The run took longer than ${spec.limits.maxSeconds} s. Raise the time limit, or make the task smaller.`,
});

const remainingMs = ({ spec, startedAt, humanMs }: Execution): number =>
  spec.limits.maxSeconds * 1000 - (startedAt ? Date.now() - startedAt.getTime() - humanMs : 0);

/** Aborts the work at the run's time limit, and on a shared database when another process cancelled the run. */
export function watchForStop(
  address: RunAddress,
  execution: Execution,
  work: { abort(reason: Error): void },
): () => void {
  const timer = setTimeout(() => work.abort(new TimeIsUp(secondsReached(execution))), remainingMs(execution));
  const poll = isEmbedded
    ? undefined
    : setInterval(async () => {
        const status = await withTenant(jobContext(address), (tx) => queries.findRunStatus(tx, address.runId)).catch(
          (error) => {
            execution.ctx.log.warn({ err: error }, 'could not see whether the run was cancelled');
            return undefined;
          },
        );
        if (status === 'cancelled') work.abort(new RunCancelled('The run was cancelled.'));
      }, LOOK_MS);
  return () => {
    clearTimeout(timer);
    clearInterval(poll);
  };
}
