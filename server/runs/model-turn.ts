import type { JsonValue } from '@/lib/contracts/json';
import { type TenantContext, withTenant } from '../context';
import { DomainError, Forbidden, Invalid, PreconditionFailed, Unauthorized, Upstream } from '../errors';
import { callModel, type ModelAnswer } from '../models/call';
import { type ResolvedModel, resolveModel } from '../models/service';
import { type Execution, jobContext, openExecution, type RunAddress } from './execution';
import { announceChange, openWork } from './live';
import { questionOf } from './question';
import { closeSpan, endRun, openSpan, type RunEnd } from './records';
import { limitReached, RunCancelled, type StopReason, TimeIsUp, watchForStop } from './stop';
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
    if ('done' in begun) return begun;
    const { execution, resolved, seq, attempt } = begun;
    announceChange(runId);
    const input = modelInput(execution.start, execution.turns);
    const stop = watchForStop(address, execution, work);
    try {
      const answer = await callModel({
        resolved,
        messages: input.messages,
        tools: input.tools,
        parameters: execution.spec.parameters,
        signal: work.signal,
        onDelta: (delta) => work.append(seq, delta),
        attempt,
      });
      return await recordAnswer(address, seq, answer, execution);
    } catch (error) {
      return await recordModelFailure(address, { seq, attempt, partial: work.textOf(seq), error });
    } finally {
      stop();
    }
  } finally {
    work.close();
    announceChange(runId);
  }
}

type Begun = { execution: Execution; resolved: ResolvedModel; seq: number; attempt: number };

/** Reads the run, checks its limits and opens the span: one transaction. */
async function beginTurn(address: RunAddress, turn: number): Promise<Begun | TurnResult> {
  const { runId } = address;
  return withTenant(jobContext(address), async (tx) => {
    try {
      const execution = await openExecution(tx, runId);
      if (!execution) return DONE;
      const finished = execution.turns[turn];
      if (finished) return toResult(finished.answer);
      const limit = limitReached(execution, turn);
      if (limit) return end(tx, runId, limit);
      const resolved = await resolveModel(execution.ctx, execution.spec.model);
      const span = await openSpan(execution.ctx, {
        runId,
        stepKey: modelStepKey(turn),
        kind: 'model',
        name: execution.spec.model,
        status: 'running',
        queuedAt: execution.lastEndedAt,
      });
      return span ? { execution, resolved, ...span } : DONE;
    } catch (error) {
      const failure = permanentFailure(error);
      if (!failure) throw error;
      return end(tx, runId, failure);
    }
  });
}

async function end(tx: TenantContext, runId: string, error: StopReason): Promise<TurnResult> {
  await endRun(tx, runId, { status: 'failed', error });
  return DONE;
}

async function recordAnswer(
  address: RunAddress,
  seq: number,
  answer: ModelAnswer,
  { spec }: Execution,
): Promise<TurnResult> {
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
  jobContext(address).log.debug({ model: spec.model, seq, tokens: answer.usage.outputTokens }, 'model answered');
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
    await close({ status: 'cancelled' });
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

/** The reason to end a run, for failures that no later attempt of the same can mend; undefined for the others. */
function permanentFailure(error: unknown): StopReason | undefined {
  if (!(error instanceof DomainError)) return undefined;
  const { message } = error;
  if (error instanceof Upstream) return { code: error.reason, message };
  if (error instanceof Forbidden || error instanceof Unauthorized) return { code: 'permission_lost', message };
  if (error instanceof PreconditionFailed) return { code: 'credential_missing', message };
  if (error instanceof Invalid) return { code: 'model_unknown', message };
  return { code: 'internal', message };
}
