import { NonRetriableError, RetryAfterError, referenceFunction } from 'inngest';
import { Unavailable, Upstream } from '@/server/errors';
import { abandonRun } from '@/server/runs/abandon';
import { beginDelegation, delegationTimeout, endDelegation } from '@/server/runs/delegation';
import { runModelTurn } from '@/server/runs/model-turn';
import { runToolCall } from '@/server/runs/tool-call';
import { modelStepKey, toolStepKey } from '@/server/runs/transcript';
import { type CallWay, closeWait, openWait, waitStepKey } from '@/server/runs/waiting';
import { inngest } from '../../client';
import { approvalDecided, runCancelled, runRequested } from '../../events';

/** The one function that executes every run: each call of a model and of a tool is a step of its own. */
export const executeRun = inngest.createFunction(
  {
    id: 'run-execute',
    name: 'Execute a run',
    triggers: [runRequested],
    idempotency: 'event.data.runId',
    cancelOn: [{ event: runCancelled, match: 'data.runId' }],
    retries: 8,
    // A step that is repeated finds in the run that it was done, so the engine need not be told of each at once.
    checkpointing: { bufferedSteps: 100 },
    onFailure: ({ event }) => abandonRun(event.data.event.data),
  },
  async ({ event, step }) => {
    const run = event.data;

    const delegate = async (turn: number, index: number): Promise<void> => {
      const key = toolStepKey(turn, index);
      const child = await step.run(`${key}-begin`, async () => (await beginDelegation(run, turn, index)) ?? null);
      if (!child) return;
      await step
        .invoke(`${key}-run`, {
          function: referenceFunction({ functionId: 'run-execute' }),
          data: { orgId: run.orgId, runId: child.runId },
          timeout: delegationTimeout(child.seconds),
        })
        // How it ended is in its run.
        .catch(() => {});
      await step.run(key, () => endDelegation(run, turn, index));
    };

    const call = async (way: CallWay, turn: number, index: number): Promise<void> => {
      const key = toolStepKey(turn, index);
      if (way === 'agent') return delegate(turn, index);
      if (way === 'machine') return void (await step.run(key, () => runToolCall(run, turn, index)));
      const waitKey = waitStepKey(way.asks, turn, index);
      // Both at once: people are asked only when their decision is already being waited for.
      await Promise.all([
        step.waitForEvent(`${key}-answer`, {
          event: approvalDecided,
          timeout: `${way.seconds}s`,
          if: `async.data.runId == '${run.runId}' && async.data.stepKey == '${waitKey}'`,
        }),
        step.run(`${key}-ask`, () => openWait(run, turn, index)),
      ]);
      await step.run(waitKey, () => closeWait(run, way.asks, turn, index));
      if (way.next === 'agent') return delegate(turn, index);
      if (way.asks === 'tool') await step.run(key, () => runToolCall(run, turn, index));
    };

    for (let turn = 0; ; turn += 1) {
      const result = await step.run(modelStepKey(turn), () => retriable(() => runModelTurn(run, turn)));
      if (result.done) return;
      await Promise.all(result.calls.map((way, index) => call(way, turn, index)));
    }
  },
);

/** Says what the engine should do after a provider's failure: wait as long as the provider asks, or a second or two. */
async function retriable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The database is away: the runner has it back as soon as we do.
    if (error instanceof Unavailable) throw new RetryAfterError(error.message, 1_000, { cause: error });
    if (!(error instanceof Upstream)) throw error;
    if (!error.retriable) throw new NonRetriableError(error.message, { cause: error });
    throw new RetryAfterError(error.message, Math.max(error.retryAfterMs ?? 1_500, 1_000), { cause: error });
  }
}
