import type { JsonValue } from '@/lib/contracts/json';
import { withTenant } from '../context';
import { Upstream } from '../errors';
import { callModel, type ModelAnswer } from '../models/call';
import { type ResolvedModel, resolveModel } from '../models/service';
import { type Execution, inRun, jobContext, type RunAddress } from './execution';
import { openWork } from './live';
import { questionOf } from './question';
import { closeSpan, endRun, openSpan, type RunEnd } from './records';
import { limitReached, RunCancelled, TimeIsUp, watchForStop } from './stop';
import { permanentFailure } from './stop-reason';
import { type AssistantMessage, modelInput, modelStepKey } from './transcript';

/** How often a step is tried when the provider says that it may work later. */
const MAX_ATTEMPTS = 4;

/** What the model wants done next; small, because the durable engine keeps it. */
export type TurnResult = { done: true } | { done: false; calls: ('machine' | 'human')[] };

const DONE: TurnResult = { done: true };

/**
 * One call of the model. Its answer is written before this returns, so that a repeat of the same turn finds it and
 * calls nobody.
 * @throws Upstream when the provider may work later: the step is to be tried again. Every other failure ends the run.
 */
export async function runModelTurn(address: RunAddress, turn: number): Promise<TurnResult> {
  const { runId } = address;
  const work = openWork(runId);
  try {
    const begun = await beginTurn(address, turn);
    if (!begun) return DONE;
    if ('done' in begun) return begun;
    const { execution, resolved, seq, attempt } = begun;
    const input = modelInput(execution.start, execution.turns);
    const stop = watchForStop(address, execution, work);
    let answer: ModelAnswer;
    try {
      answer = await callModel({
        resolved,
        messages: input.messages,
        tools: input.tools,
        parameters: execution.spec.parameters,
        signal: work.signal,
        onDelta: (delta) => work.append(seq, delta),
        attempt,
      });
    } catch (error) {
      return await recordModelFailure(address, { seq, attempt, partial: work.textOf(seq), error });
    } finally {
      stop();
    }
    // Outside of the above: an answer that cannot be written is no failure of the model.
    return await recordAnswer(address, seq, answer);
  } finally {
    work.close();
  }
}

/** Checks the run's limits and opens the span: one transaction. */
const beginTurn = (address: RunAddress, turn: number) =>
  inRun(address, async (execution): Promise<Begun | TurnResult> => {
    const { ctx, spec, turns, lastEndedAt } = execution;
    const { runId } = address;
    const finished = turns[turn];
    if (finished) return toResult(finished.answer);
    const limit = limitReached(execution, turn);
    if (limit) {
      await endRun(ctx, runId, { status: 'failed', error: limit });
      return DONE;
    }
    const resolved = await resolveModel(ctx, spec.model);
    const stepKey = modelStepKey(turn);
    const span = await openSpan(ctx, {
      runId,
      stepKey,
      kind: 'model',
      name: spec.model,
      status: 'running',
      queuedAt: lastEndedAt,
    });
    return span ? { execution, resolved, ...span } : DONE;
  });

type Begun = { execution: Execution; resolved: ResolvedModel; seq: number; attempt: number };

async function recordAnswer(address: RunAddress, seq: number, answer: ModelAnswer): Promise<TurnResult> {
  const result = toResult(answer.message);
  const end: RunEnd | undefined = result.done ? { status: 'completed', output: answer.message.content } : undefined;
  await withTenant(jobContext(address), (tx) =>
    closeSpan(tx, {
      runId: address.runId,
      seq,
      status: 'completed',
      output: answer.message,
      firstTokenAt: answer.firstTokenAt,
      providerMs: answer.providerMs,
      usage: answer.usage,
      costMicros: answer.costMicros,
      finishReason: answer.finishReason,
      end,
    }),
  );
  return result;
}

function toResult(answer: AssistantMessage): TurnResult {
  if (answer.toolCalls.length === 0) return DONE;
  return { done: false, calls: answer.toolCalls.map((call) => (questionOf(call) === undefined ? 'machine' : 'human')) };
}

async function recordModelFailure(
  address: RunAddress,
  failed: { seq: number; attempt: number; partial: string; error: unknown },
): Promise<TurnResult> {
  const { seq, attempt, partial, error } = failed;
  const { runId } = address;
  const output = { role: 'assistant', content: partial, toolCalls: [] } satisfies JsonValue;
  const close = (span: Omit<Parameters<typeof closeSpan>[1], 'runId' | 'seq' | 'output'>) =>
    withTenant(jobContext(address), (tx) => closeSpan(tx, { runId, seq, output, ...span }));
  if (error instanceof RunCancelled) {
    await close({ status: 'cancelled', partial });
    return DONE;
  }
  if (error instanceof TimeIsUp) {
    await close({ status: 'failed', error: error.reason, end: { status: 'failed', error: error.reason } });
    return DONE;
  }
  const failure = permanentFailure(error) ?? {
    code: 'internal' as const,
    message: 'The step failed for a reason of ours.',
  };
  const again = error instanceof Upstream ? error.retriable && attempt + 1 < MAX_ATTEMPTS : !permanentFailure(error);
  await close({ status: 'failed', error: failure, end: again ? undefined : { status: 'failed', error: failure } });
  if (again) throw error;
  return DONE;
}
