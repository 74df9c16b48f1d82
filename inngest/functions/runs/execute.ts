import { NonRetriableError, RetryAfterError } from 'inngest';
import { Upstream } from '@/server/errors';
import { abandonRun } from '@/server/runs/abandon';
import { runModelTurn } from '@/server/runs/model-turn';
import { closeQuestion, openQuestion, QUESTION_DAYS } from '@/server/runs/question';
import { runToolCall } from '@/server/runs/tool-call';
import { modelStepKey, toolStepKey } from '@/server/runs/transcript';
import { inngest } from '../../client';
import { questionAnswered, runCancelled, runRequested } from '../../events';

/** The one function that executes every run: each call of a model and of a tool is a step of its own. */
export const executeRun = inngest.createFunction(
  {
    id: 'run-execute',
    name: 'Execute a run',
    triggers: [runRequested],
    idempotency: 'event.data.runId',
    cancelOn: [{ event: runCancelled, match: 'data.runId' }],
    retries: 8,
    onFailure: ({ event }) => abandonRun(event.data.event.data),
  },
  async ({ event, step }) => {
    const run = event.data;

    const askHuman = async (turn: number, index: number): Promise<void> => {
      const key = toolStepKey(turn, index);
      // Both at once: the question is put only when the answer is already being waited for.
      await Promise.all([
        step.waitForEvent(`${key}-answer`, {
          event: questionAnswered,
          timeout: `${QUESTION_DAYS}d`,
          if: `async.data.runId == '${run.runId}' && async.data.stepKey == '${key}'`,
        }),
        step.run(`${key}-ask`, () => openQuestion(run, turn, index)),
      ]);
      await step.run(key, () => closeQuestion(run, turn, index));
    };

    for (let turn = 0; ; turn += 1) {
      const result = await step.run(modelStepKey(turn), () => retriable(() => runModelTurn(run, turn)));
      if (result.done) return;
      await Promise.all(
        result.calls.map((kind, index) =>
          kind === 'human'
            ? askHuman(turn, index)
            : step.run(toolStepKey(turn, index), () => runToolCall(run, turn, index)),
        ),
      );
    }
  },
);

/** Says what the engine should do after a provider's failure: wait as long as the provider asks, or a second or two. */
async function retriable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Upstream)) throw error;
    if (!error.retriable) throw new NonRetriableError(error.message, { cause: error });
    throw new RetryAfterError(error.message, Math.max(error.retryAfterMs ?? 1_500, 1_000), { cause: error });
  }
}
