import { isDeepStrictEqual } from 'node:util';
import type { Approval } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import type { RunErrorCode } from '@/lib/contracts/runs';
import { withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { guardedFetch } from '../http/guarded';
import { redact } from '../secrets/redaction';
import { runTool, type ToolResult } from '../tools/registry';
import {
  closeInterrupted,
  type Execution,
  endStep,
  inKnownRun,
  jobContext,
  type RunAddress,
  stopWaiting,
} from './execution';
import { openWork, RunCancelled } from './live';
import { openSpan, recordSpan } from './span-begin';
import { closeSpan, type EndedSpan, endRun } from './span-end';
import { TimeIsUp, watchForStop } from './stop';
import { type AssistantMessage, modelStepKey, type Turn, toolStepKey } from './transcript';
import { decisionOn, editedBy, refusedBecause, ruleOf, taintOf, wayOf } from './waiting';

type Call = AssistantMessage['toolCalls'][number];

/** A call that may be made now. */
interface Due {
  execution: Execution;
  call: Call;
  approval: Approval | undefined;
}

/** One call of a tool. What the tool gives, failures included, is for the model to read. */
export async function runToolCall(address: RunAddress, turn: number, index: number): Promise<void> {
  const { runId } = address;
  const work = openWork(runId);
  try {
    const begun = await beginCall(address, turn, index);
    if (!begun) return;
    if (begun.seq === undefined) return crashPoint('tool-call.after-checkpoint');
    const { execution, seq } = begun;
    const stop = watchForStop(address, execution, work);
    try {
      const end = await makeCall(address, begun, turn, work.signal);
      const ended = await closeSpan(jobContext(address), { runId, seq, ...end });
      keepResult(begun, runId, { seq, turn, index }, ended);
      crashPoint('tool-call.after-checkpoint');
    } catch (error) {
      if (error instanceof TimeIsUp) {
        const end = { status: 'failed', error: error.reason } as const;
        await withTenant(jobContext(address), async (tx) => {
          await closeSpan(tx, { runId, seq, ...end });
          await endRun(tx, runId, end);
          await stopWaiting(tx, runId);
        });
      } else if (error instanceof RunCancelled) {
        await closeSpan(jobContext(address), { runId, seq, status: 'cancelled' });
      } else throw error;
    } finally {
      stop();
    }
  } finally {
    work.close();
  }
}

/** Makes the call. @returns how its span ends */
async function makeCall(address: RunAddress, due: Due, turn: number, signal: AbortSignal) {
  const startedAt = performance.now();
  crashPoint('tool-call.before-effect');
  const result = redact(address.orgId, await callTool(address, due, turn, signal));
  crashPoint('tool-call.before-checkpoint');
  const taints = due.execution.start.toolbox.find(due.call.name)?.reads === 'untrusted';
  const output = {
    output: result.ok ? result.output : { error: result.error },
    isError: !result.ok,
    // Kept with the result: who takes it over may have other tools.
    ...(taints && { taints }),
    // As `Turn` reads it.
    ...editedBy(due.approval),
  } satisfies JsonValue;
  return {
    status: result.ok ? ('completed' as const) : ('failed' as const),
    output,
    error: result.ok ? undefined : { code: result.code ?? ('tool_failed' as const), message: result.error },
    providerMs: Math.round(performance.now() - startedAt),
    taints,
  };
}

/** So often a model may make the same call in one run: more is a loop. */
const MAX_REPEATS = 10;

const repeats = ({ turns }: Execution, { id, name, input }: AssistantMessage['toolCalls'][number]): number =>
  turns
    .flatMap(({ answer }) => answer.toolCalls)
    .filter((call) => call.id !== id && call.name === name && isDeepStrictEqual(call.input, input)).length;

async function callTool(
  { runId }: RunAddress,
  { execution, call, approval }: Due,
  turn: number,
  signal: AbortSignal,
): Promise<ToolResult & { code?: RunErrorCode }> {
  const { spec, start, payers } = execution;
  const rule = ruleOf(start, call.name);
  const tool = rule && start.toolbox.find(call.name);
  if (!tool) {
    const names = spec.tools.map(({ name }) => name).join(', ') || 'none';
    return { ok: false, error: `There is no tool ${call.name}. Your tools: ${names}.` };
  }
  const denied = (error: string) => ({ ok: false, error, code: 'tool_denied' }) as const;
  if (rule.mode === 'deny') return denied(`${call.name} is not allowed to you. Do without it.`);
  if (tool.disabled) return { ok: false, error: `${tool.disabled} Do without it.` };
  if (repeats(execution, call) >= MAX_REPEATS) {
    return denied(
      `You have called ${call.name} with these arguments ${MAX_REPEATS} times; it was not run again. Do something else, or answer.`,
    );
  }
  if (tool.human) return { ok: false, error: 'Give the question as {"question": "…"}.' };
  if (typeof wayOf(execution, turn, call) !== 'string' && approval?.status !== 'approved') {
    return denied(refusedBecause(approval));
  }
  if (taintOf(execution, turn, call) === 'deny') {
    return denied(`This run has read text from outside; after that ${call.name} is not allowed to you. Do without it.`);
  }
  const { org, actor, permissions, request, log } = execution.ctx;
  return runTool(tool, approval?.edited ?? call.input, {
    signal,
    http: guardedFetch,
    // The transaction of `execution` is over.
    ctx: { org, actor, permissions, request, log },
    runId,
    agentId: payers.agentId,
    workspaceId: payers.workspaceId,
    spec,
  });
}

/** For the next step, where results before it are not missing. */
function keepResult(
  { execution }: Due,
  runId: string,
  { seq, turn, index }: { seq: number; turn: number; index: number },
  ended: EndedSpan | undefined,
): void {
  const last = execution.turns.at(-1);
  if (!ended || last?.results.length !== index) return;
  // As it has just been written.
  const outcome = ended.output as unknown as Turn['results'][number];
  const turns = execution.turns.with(-1, { ...last, results: [...last.results, outcome] });
  endStep(execution, runId, { seq, stepKey: toolStepKey(turn, index), turns }, ended);
}

/**
 * Opens the span of a call unless it is finished; what is over in no time is called at once, and has no `seq`: its span is
 * written when it is done.
 */
const beginCall = (address: RunAddress, turn: number, index: number) =>
  inKnownRun(address, turn + 1, async (execution): Promise<(Due & { seq: number | undefined }) | undefined> => {
    const { runId } = address;
    const call = execution.turns[turn]?.answer.toolCalls[index];
    const stepKey = toolStepKey(turn, index);
    if (!call || execution.spans.has(stepKey)) return undefined;
    await closeInterrupted(execution, runId, stepKey);
    const isAsked = typeof wayOf(execution, turn, call) !== 'string';
    const approval = isAsked ? await decisionOn(execution, runId, turn, index) : undefined;
    const due = { execution, call, approval };
    const model = execution.spans.get(modelStepKey(turn));
    const span = {
      runId,
      stepKey,
      kind: 'tool' as const,
      name: call.name,
      parentSeq: model?.seq,
      queuedAt: model?.endedAt ?? execution.lastEndedAt,
      input: approval?.edited ?? call.input,
      last: true as const,
      holds: execution.holds,
    };
    const tool = execution.start.toolbox.find(call.name);
    if (tool?.human || !tool?.isInstant) {
      const opened = await openSpan(execution.ctx, { ...span, status: 'running' });
      return opened && { ...due, seq: opened.seq };
    }
    // Nobody need cancel it.
    const { signal } = new AbortController();
    const ended = await recordSpan(execution.ctx, { ...span, ...(await makeCall(address, due, turn, signal)) });
    if (ended) execution.ctx.afterCommit(() => keepResult(due, runId, { seq: ended.seq, turn, index }, ended));
    return ended && { ...due, seq: undefined };
  });
