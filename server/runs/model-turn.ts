import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardFinding } from '@/lib/contracts/guardrails';
import type { JsonValue } from '@/lib/contracts/json';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import { type TenantContext, withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { Unavailable, Upstream } from '../errors';
import { blockedBy, type Checked, checkOutput, holdsBackOutput, scoreInput } from '../guardrails/service';
import { affordableTokens, budgetExceeded, type Charge } from '../ledger/service';
import { callModel, estimateCall, type ModelAnswer } from '../models/call';
import {
  type ChosenModel,
  chooseModel,
  noteFailure,
  noteSuccess,
  type Tried,
  tellsOfProvider,
} from '../models/service';
import { redact, redactStream } from '../secrets/redaction';
import { budgetRefused } from '../telemetry/runs';
import { chargeOf } from './charge';
import { closeInterrupted, type Execution, endStep, inKnownRun, jobContext, type RunAddress } from './execution';
import { openWork, RunCancelled } from './live';
import { type OpenedSpan, openSpan, type Refusal } from './span-begin';
import { closeSpan, endRun, type RunEnd } from './span-end';
import { limitReached, TimeIsUp, watchForStop } from './stop';
import { permanentFailure, type StopReason } from './stop-reason';
import { judgeAnswer } from './structured-answer';
import { type AssistantMessage, delegatedMicros, modelInput, modelStepKey, type Turn, toolStepKey } from './transcript';
import { type CallWay, wayOf } from './waiting';

/** How often a step is tried, each time with all its models, when a provider says that it may work later. */
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
  const tried: Failed[] = [];
  try {
    for (;;) {
      const begun = await beginWhenAffordable(address, turn, tried, work.signal);
      if (!begun) return DONE;
      if (begun === 'nobody left') return await giveUp(address, tried);
      if ('done' in begun) return begun;
      const result = await attempt(begun, address, turn, work, tried);
      if (result) return result;
    }
  } finally {
    work.close();
  }
}

/** @returns undefined when another model is to be asked. */
async function attempt(
  begun: Begun,
  address: RunAddress,
  turn: number,
  work: ReturnType<typeof openWork>,
  tried: Failed[],
): Promise<TurnResult | undefined> {
  const { execution, chosen, input, charge, span } = begun;
  const stop = watchForStop(address, execution, work);
  const shown = redactStream(address.orgId, (delta) => work.append(span.seq, delta));
  let characters = 0;
  const call = {
    resolved: chosen.resolved,
    messages: input.messages,
    tools: input.tools,
    output: execution.spec.output,
    parameters: {
      ...execution.spec.parameters,
      ...(charge && { maxOutputTokens: affordableTokens(charge, span.grantedMicros) }),
    },
    signal: work.signal,
    // What guards judge is shown when they have.
    onDelta: holdsBackOutput(execution.spec) ? undefined : shown.push,
    onFailure: (said: number) => {
      characters = said;
    },
    timeouts: chosen.patienceMs ? { firstTokenMs: chosen.patienceMs, idleMs: chosen.patienceMs } : undefined,
    attempt: span.attempt,
  };
  const asker = { orgId: address.orgId, signal: work.signal };
  let answer: ModelAnswer;
  let guarded: Checked;
  let askedAt: number | undefined;
  try {
    const refused = turn === 0 && (await scoreInput(execution.spec, execution.start.input, asker));
    if (refused) return await recordBlocked(begun, address, refused);
    crashPoint('model-call.before-effect');
    askedAt = performance.now();
    answer = await callModel(call);
    shown.end();
    answer.message = redact(address.orgId, answer.message);
    const { content, toolCalls } = answer.message;
    guarded = await checkOutput(execution.spec, content, { isAnswer: toolCalls.length === 0, ...asker });
    crashPoint('model-call.before-checkpoint');
  } catch (error) {
    shown.end();
    const partial = work.textOf(span.seq);
    const spent = characters > 0 ? estimateCall(call, characters) : undefined;
    const providerMs = askedAt && Math.round(performance.now() - askedAt);
    return await recordModelFailure(begun, address, { partial, spent, error, providerMs }, tried);
  } finally {
    stop();
  }
  // Outside of the above: an answer that cannot be written is no failure of the model.
  const result = await untilWritten(() => recordAnswer(begun, address, turn, answer, guarded), work.signal);
  crashPoint('model-call.after-checkpoint');
  if (chosen.isTroubled) await noteSuccess(jobContext(address), chosen.resolved);
  return result;
}

/** A model that failed for this step. */
interface Failed extends Tried {
  error: Upstream;
  attempt: number;
  /** How many there are to ask, all in all. */
  of: number;
}

/** The failure to try the whole step again for: the one that is over soonest. undefined when that would not help, or was done often enough. */
function tryAgainFor(tried: readonly Failed[]): Upstream | undefined {
  const { attempt = 0, of = 1 } = tried.at(-1) ?? {};
  if (Math.floor(attempt / of) + 1 >= MAX_ATTEMPTS) return undefined;
  const [soonest] = tried
    .map(({ error }) => error)
    .filter(({ retriable }) => retriable)
    .sort((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0));
  return soonest;
}

/** Somebody else was to be asked, and is not there any more. */
async function giveUp(address: RunAddress, tried: readonly Failed[]): Promise<TurnResult> {
  const again = tryAgainFor(tried);
  if (again) throw again;
  const error = permanentFailure(tried.at(-1)?.error);
  if (error) await endRun(jobContext(address), address.runId, { status: 'failed', error });
  return DONE;
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
  chosen: ChosenModel;
  input: ModelSpanInput;
  charge: Charge | undefined;
  span: OpenedSpan;
}

/** `beginTurn`, and again for a while when calls under way have set aside what they may not need. */
async function beginWhenAffordable(address: RunAddress, turn: number, tried: readonly Failed[], signal: AbortSignal) {
  const until = Date.now() + MONEY_WAIT_MS;
  for (;;) {
    const begun = await beginTurn(address, turn, tried);
    if (!begun || typeof begun === 'string' || !('refusedBy' in begun)) return begun;
    if (!begun.later || Date.now() > until) return refuse(address, begun);
    await sleep(MONEY_LOOK_MS * (1 + Math.random()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return undefined;
  }
}

/** Checks the run's limits, sets money aside and opens the span: one transaction. */
const beginTurn = (address: RunAddress, turn: number, tried: readonly Failed[]) =>
  inKnownRun(
    address,
    turn,
    async (execution): Promise<Begun | TurnResult | 'nobody left' | (Refusal & { execution: Execution })> => {
      const { ctx, spec, facts, turns, lastEndedAt, holds } = execution;
      const { runId } = address;
      const finished = turns[turn];
      if (finished) return leftOf(execution, runId, turn, finished.answer);
      const limit = limitReached(execution, turn);
      if (limit) {
        await endRun(ctx, runId, { status: 'failed', error: limit });
        return DONE;
      }
      const input = modelInput(execution.start, turns);
      const { maxOutputTokens } = spec.parameters;
      const chosen = await chooseModel(ctx, spec.model, { input, maxOutputTokens }, facts, tried);
      if (!chosen) return 'nobody left';
      const stepKey = modelStepKey(turn);
      await closeInterrupted(execution, runId, stepKey);
      const charge = chargeOf(chosen.resolved.price, input, {
        maxOutputTokens,
        runLimitMicros: Math.max(0, spec.limits.maxCostMicros - delegatedMicros(turns)),
      });
      const span = await openSpan(ctx, {
        runId,
        stepKey,
        kind: 'model',
        name: chosen.resolved.model,
        status: 'running',
        queuedAt: lastEndedAt,
        input: chosen.routing && { routing: chosen.routing },
        charge,
        last: true,
        holds,
      });
      if (!span) return DONE;
      return 'seq' in span ? { execution, chosen, input, charge, span } : { ...span, execution };
    },
  );

/** Ends a run for which there is no money. */
async function refuse(address: RunAddress, { execution, ...refusal }: Refusal & { execution: Execution }) {
  budgetRefused({ scope: refusal.refusedBy });
  await withTenant(jobContext(address), async (tx) => {
    await endRun(tx, address.runId, { status: 'failed', error: await reasonOf(tx, refusal, execution) });
  });
  return DONE;
}

/** What is left of a turn that was answered before: in an attempt that broke off, or in the run that this one goes on from. */
async function leftOf(execution: Execution, runId: string, turn: number, answer: AssistantMessage) {
  const { ctx, spans } = execution;
  const result = toResult(execution, turn, answer);
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

async function recordAnswer(
  begun: Begun,
  address: RunAddress,
  turn: number,
  answer: ModelAnswer,
  { text, findings, blocked }: Checked,
): Promise<TurnResult> {
  const refused = blocked === undefined ? undefined : blockedBy('answer', blocked);
  const said: AssistantMessage = {
    ...answer.message,
    // What was blocked is not kept either.
    ...(findings.length > 0 && { content: refused ? '' : text, guarded: findings }),
  };
  const { message, error = refused } = refused ? { message: said } : judgeAnswer(begun.execution, said);
  const { execution, span } = begun;
  const { runId } = address;
  const { seq } = span;
  const result = error ? DONE : toResult(execution, turn, message);
  const ended = await closeSpan(jobContext(address), {
    runId,
    seq,
    output: message,
    ...endOf(result, message, error),
    firstTokenAt: answer.firstTokenAt,
    providerMs: answer.providerMs,
    usage: answer.usage,
    usageEstimated: answer.usageEstimated,
    costMicros: answer.costMicros,
    runLimitMicros: execution.spec.limits.maxCostMicros,
    finishReason: answer.finishReason,
  });
  if (ended && !result.done) {
    const answered: Turn = { answer: ended.output as unknown as AssistantMessage, results: [] };
    endStep(execution, runId, { seq, stepKey: modelStepKey(turn), turns: [...execution.turns, answered] }, ended);
  }
  return result;
}

function endOf({ done }: TurnResult, { content }: AssistantMessage, error: StopReason | undefined) {
  if (error) return { status: 'failed' as const, error, end: { status: 'failed' as const, error } };
  const end: RunEnd | undefined = done ? { status: 'completed', output: content } : undefined;
  return { status: 'completed' as const, end };
}

/** Ends a run whose request a scorer blocks, before any provider is asked. */
async function recordBlocked({ span }: Begun, address: RunAddress, finding: GuardFinding): Promise<TurnResult> {
  const error = blockedBy('input', finding.detail);
  const output: AssistantMessage = { role: 'assistant', content: '', toolCalls: [], guarded: [finding] };
  const end = { status: 'failed', error } as const;
  await closeSpan(jobContext(address), { runId: address.runId, seq: span.seq, output, ...end, end });
  return DONE;
}

function toResult(execution: Execution, turn: number, answer: AssistantMessage): TurnResult {
  if (answer.toolCalls.length === 0) return answer.rejected ? { done: false, calls: [] } : DONE;
  return { done: false, calls: answer.toolCalls.map((call) => wayOf(execution, turn, call)) };
}

async function recordModelFailure(
  { span: { seq, attempt }, execution, chosen }: Begun,
  address: RunAddress,
  failed: {
    partial: string;
    spent: ReturnType<typeof estimateCall> | undefined;
    error: unknown;
    providerMs: number | undefined;
  },
  tried: Failed[],
): Promise<TurnResult | undefined> {
  const { partial, spent, error, providerMs } = failed;
  const { runId } = address;
  const output = { role: 'assistant', content: partial, toolCalls: [] } satisfies JsonValue;
  // What was said before it broke off is paid for: nobody tells how much, so it is estimated.
  const runLimitMicros = execution.spec.limits.maxCostMicros;
  const cost = spent && { usage: spent.usage, costMicros: spent.costMicros, usageEstimated: true, runLimitMicros };
  const close = (span: Omit<Parameters<typeof closeSpan>[1], 'runId' | 'seq' | 'output'>) =>
    closeSpan(jobContext(address), { runId, seq, output, providerMs, ...cost, ...span });
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
  if (error instanceof Upstream) {
    tried.push({ model: chosen.resolved.model, because: failure.message, error, attempt, of: chosen.of });
    const again = chosen.hasNext ? undefined : tryAgainFor(tried);
    await close({
      status: 'failed',
      error: failure,
      end: chosen.hasNext || again ? undefined : { status: 'failed', error: failure },
    });
    if (tellsOfProvider(error)) await noteFailure(jobContext(address), chosen.resolved, error);
    if (again) throw again;
    return chosen.hasNext ? undefined : DONE;
  }
  const again = !permanentFailure(error);
  await close({ status: 'failed', error: failure, end: again ? undefined : { status: 'failed', error: failure } });
  if (again) throw error;
  return DONE;
}
