import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentSpec } from '@/lib/contracts/agents';
import type { JsonValue } from '@/lib/contracts/json';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import { type TenantContext, withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { Unavailable, Upstream } from '../errors';
import { affordableTokens, budgetExceeded, type Charge } from '../ledger/service';
import { callModel, estimateCall, type ModelAnswer } from '../models/call';
import { type ResolvedModel, resolveModel } from '../models/service';
import { redact, redactStream } from '../secrets/redaction';
import { budgetRefused } from '../telemetry/runs';
import { chargeOf } from './charge';
import { closeInterrupted, type Execution, inRun, jobContext, type RunAddress } from './execution';
import { openWork, RunCancelled } from './live';
import { closeSpan, endRun, type OpenedSpan, openSpan, type Refusal, type RunEnd } from './records';
import { limitReached, TimeIsUp, watchForStop } from './stop';
import { permanentFailure } from './stop-reason';
import { type AssistantMessage, modelInput, modelStepKey, toolStepKey } from './transcript';
import { type CallWay, wayOf } from './waiting';

/** How often a step is tried when the provider says that it may work later. */
const MAX_ATTEMPTS = 4;
/** How long a call waits for money that other calls have set aside and may not need. */
const MONEY_WAIT_MS = 30_000;
const MONEY_LOOK_MS = 250;
/** How long an answer waits for a database that is away. */
const WRITE_WAIT_MS = 60_000;
const WRITE_AGAIN_MS = 250;

/** What the model wants done next; small, because the durable engine keeps it. */
export type TurnResult = { done: true } | { done: false; calls: CallWay[] };

const DONE: TurnResult = { done: true };

/**
 * One call of the model. Its answer is written before this returns, so that a repeat of the same turn finds it and
 * calls nobody.
 * @throws Upstream when the provider may work later: the step is to be tried again. Every other failure ends the run.
 */
export async function runModelTurn(address: RunAddress, turn: number): Promise<TurnResult> {
  const work = openWork(address.runId);
  try {
    const begun = await beginWhenAffordable(address, turn, work.signal);
    if (!begun) return DONE;
    if ('done' in begun) return begun;
    const { execution, resolved, input, charge, span } = begun;
    const stop = watchForStop(address, execution, work);
    const shown = redactStream(address.orgId, (delta) => work.append(span.seq, delta));
    const call = {
      resolved,
      messages: input.messages,
      tools: input.tools,
      parameters: {
        ...execution.spec.parameters,
        ...(charge && { maxOutputTokens: affordableTokens(charge, span.grantedMicros) }),
      },
      signal: work.signal,
      onDelta: shown.push,
      attempt: span.attempt,
    };
    let answer: ModelAnswer;
    try {
      crashPoint('model-call.before-effect');
      answer = await callModel(call);
      shown.end();
      answer.message = redact(address.orgId, answer.message);
      crashPoint('model-call.before-checkpoint');
    } catch (error) {
      shown.end();
      const partial = work.textOf(span.seq);
      const spent = partial ? estimateCall(call, partial) : undefined;
      return await recordModelFailure(begun, address, { partial, spent, error });
    } finally {
      stop();
    }
    // Outside of the above: an answer that cannot be written is no failure of the model.
    const result = await untilWritten(() => recordAnswer(begun, address, answer), work.signal);
    crashPoint('model-call.after-checkpoint');
    return result;
  } finally {
    work.close();
  }
}

/** What a provider was paid for is not lost because the database is away for a while. */
async function untilWritten<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const until = Date.now() + WRITE_WAIT_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Unavailable) || Date.now() > until || signal.aborted) throw error;
      await sleep(WRITE_AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }
}

interface Begun {
  execution: Execution;
  resolved: ResolvedModel;
  input: ModelSpanInput;
  charge: Charge | undefined;
  span: OpenedSpan;
}

/** `beginTurn`, and again for a while when calls under way have set aside what they may not need. */
async function beginWhenAffordable(address: RunAddress, turn: number, signal: AbortSignal) {
  const until = Date.now() + MONEY_WAIT_MS;
  for (;;) {
    const begun = await beginTurn(address, turn);
    if (!begun || !('refusedBy' in begun)) return begun;
    if (!begun.later || Date.now() > until) return refuse(address, begun);
    await sleep(MONEY_LOOK_MS * (1 + Math.random()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return undefined;
  }
}

/** Checks the run's limits, sets money aside and opens the span: one transaction. */
const beginTurn = (address: RunAddress, turn: number) =>
  inRun(address, async (execution): Promise<Begun | TurnResult | (Refusal & { execution: Execution })> => {
    const { ctx, spec, turns, lastEndedAt } = execution;
    const { runId } = address;
    const finished = turns[turn];
    if (finished) return leftOf(execution, runId, turn, finished.answer);
    const limit = limitReached(execution, turn);
    if (limit) {
      await endRun(ctx, runId, { status: 'failed', error: limit });
      return DONE;
    }
    const resolved = await resolveModel(ctx, spec.model);
    const stepKey = modelStepKey(turn);
    await closeInterrupted(execution, runId, stepKey);
    const input = modelInput(execution.start, turns);
    const charge = chargeOf(resolved.price, input, {
      maxOutputTokens: spec.parameters.maxOutputTokens,
      runLimitMicros: spec.limits.maxCostMicros,
    });
    const span = await openSpan(ctx, {
      runId,
      stepKey,
      kind: 'model',
      name: spec.model,
      status: 'running',
      queuedAt: lastEndedAt,
      charge,
      last: true,
    });
    if (!span) return DONE;
    return 'seq' in span ? { execution, resolved, input, charge, span } : { ...span, execution };
  });

/** Ends a run for which there is no money. */
async function refuse(address: RunAddress, { execution, ...refusal }: Refusal & { execution: Execution }) {
  budgetRefused({ scope: refusal.refusedBy });
  await withTenant(jobContext(address), async (tx) => {
    await endRun(tx, address.runId, { status: 'failed', error: await reasonOf(tx, refusal, execution) });
  });
  return DONE;
}

/** What is left of a turn that was answered before: in an attempt that broke off, or in the run that this one goes on from. */
async function leftOf({ ctx, spec, spans }: Execution, runId: string, turn: number, answer: AssistantMessage) {
  const result = toResult(spec, answer);
  if (result.done) {
    await endRun(ctx, runId, { status: 'completed', output: answer.content });
    return DONE;
  }
  // Who answered in the other run is not asked again.
  const isDone = (index: number) => spans.has(toolStepKey(turn, index));
  return { done: false as const, calls: result.calls.map((way, index) => (isDone(index) ? 'machine' : way)) };
}

async function reasonOf(tx: TenantContext, { refusedBy }: Refusal, { spec, payers }: Execution) {
  if (refusedBy === 'run') {
    return {
      code: 'limit_cost' as const,
      message: `Another model call could cost more than is left of the run's limit of $${spec.limits.maxCostMicros / 1e6}. Raise the cost limit, or choose a cheaper model.`,
    };
  }
  const { message } = await budgetExceeded(tx, payers, refusedBy);
  return { code: 'budget_exceeded' as const, message };
}

async function recordAnswer(begun: Begun, address: RunAddress, answer: ModelAnswer): Promise<TurnResult> {
  const result = toResult(begun.execution.spec, answer.message);
  const end: RunEnd | undefined = result.done ? { status: 'completed', output: answer.message.content } : undefined;
  await closeSpan(jobContext(address), {
    runId: address.runId,
    seq: begun.span.seq,
    status: 'completed',
    output: answer.message,
    firstTokenAt: answer.firstTokenAt,
    providerMs: answer.providerMs,
    usage: answer.usage,
    usageEstimated: answer.usageEstimated,
    costMicros: answer.costMicros,
    runLimitMicros: begun.execution.spec.limits.maxCostMicros,
    finishReason: answer.finishReason,
    end,
  });
  return result;
}

function toResult(spec: AgentSpec, answer: AssistantMessage): TurnResult {
  if (answer.toolCalls.length === 0) return DONE;
  return { done: false, calls: answer.toolCalls.map((call) => wayOf(spec, call)) };
}

async function recordModelFailure(
  { span: { seq, attempt }, execution }: Begun,
  address: RunAddress,
  failed: { partial: string; spent: ReturnType<typeof estimateCall> | undefined; error: unknown },
): Promise<TurnResult> {
  const { partial, spent, error } = failed;
  const { runId } = address;
  const output = { role: 'assistant', content: partial, toolCalls: [] } satisfies JsonValue;
  // What was said before it broke off is paid for: nobody tells how much, so it is estimated.
  const runLimitMicros = execution.spec.limits.maxCostMicros;
  const cost = spent && { usage: spent.usage, costMicros: spent.costMicros, usageEstimated: true, runLimitMicros };
  const close = (span: Omit<Parameters<typeof closeSpan>[1], 'runId' | 'seq' | 'output'>) =>
    closeSpan(jobContext(address), { runId, seq, output, ...cost, ...span });
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
