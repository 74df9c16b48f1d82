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
import { closeSpan, type EndedSpan, endRun, openSpan } from './records';
import { TimeIsUp, watchForStop } from './stop';
import { type AssistantMessage, modelStepKey, type Turn, toolStepKey } from './transcript';
import { decisionOn, editedBy, refusedBecause, ruleOf, taintOf, wayOf } from './waiting';

type Call = AssistantMessage['toolCalls'][number];

/** One call of a tool. What the tool gives, failures included, is for the model to read. */
export async function runToolCall(address: RunAddress, turn: number, index: number): Promise<void> {
  const { runId } = address;
  const work = openWork(runId);
  try {
    const begun = await beginCall(address, turn, index);
    if (!begun) return;
    const { execution, call, approval, seq } = begun;
    const startedAt = performance.now();
    const stop = watchForStop(address, execution, work);
    try {
      crashPoint('tool-call.before-effect');
      const result = redact(address.orgId, await callTool(address, begun, turn, work.signal));
      crashPoint('tool-call.before-checkpoint');
      const taints = execution.start.toolbox.find(call.name)?.reads === 'untrusted';
      const output: JsonValue = {
        output: result.ok ? result.output : { error: result.error },
        isError: !result.ok,
        // Kept with the result: who takes it over may have other tools.
        ...(taints && { taints }),
        // As `Turn` reads it.
        ...editedBy(approval),
      };
      const error = result.ok ? undefined : { code: result.code ?? ('tool_failed' as const), message: result.error };
      const ended = await closeSpan(jobContext(address), {
        runId,
        seq,
        status: result.ok ? 'completed' : 'failed',
        output,
        error,
        providerMs: Math.round(performance.now() - startedAt),
        taints,
      });
      const turns = withResult(execution.turns, index, ended);
      if (turns) endStep(execution, runId, { seq, stepKey: toolStepKey(turn, index), turns }, ended);
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

/** So often a model may make the same call in one run: more is a loop. */
const MAX_REPEATS = 10;

const repeats = ({ turns }: Execution, { id, name, input }: AssistantMessage['toolCalls'][number]): number =>
  turns
    .flatMap(({ answer }) => answer.toolCalls)
    .filter((call) => call.id !== id && call.name === name && isDeepStrictEqual(call.input, input)).length;

async function callTool(
  { runId }: RunAddress,
  { execution, call, approval }: { execution: Execution; call: Call; approval: Approval | undefined },
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

/** The turns with one more result; undefined where results before it are missing. */
function withResult(turns: readonly Turn[], index: number, ended: EndedSpan | undefined): Turn[] | undefined {
  const last = turns.at(-1);
  if (!ended || last?.results.length !== index) return undefined;
  // As `closeSpan` has just written it.
  const outcome = ended.output as unknown as Turn['results'][number];
  return turns.with(-1, { ...last, results: [...last.results, outcome] });
}

/** Opens the span of a call unless it is finished. */
const beginCall = (address: RunAddress, turn: number, index: number) =>
  inKnownRun(address, turn + 1, async (execution) => {
    const call = execution.turns[turn]?.answer.toolCalls[index];
    const stepKey = toolStepKey(turn, index);
    if (!call || execution.spans.has(stepKey)) return undefined;
    await closeInterrupted(execution, address.runId, stepKey);
    const approval =
      typeof wayOf(execution, turn, call) === 'string'
        ? undefined
        : await decisionOn(execution, address.runId, turn, index);
    const model = execution.spans.get(modelStepKey(turn));
    const span = await openSpan(execution.ctx, {
      runId: address.runId,
      stepKey,
      kind: 'tool',
      name: call.name,
      status: 'running',
      parentSeq: model?.seq,
      queuedAt: model?.endedAt ?? execution.lastEndedAt,
      input: approval?.edited ?? call.input,
      last: true,
      holds: execution.holds,
    });
    return span && { execution, call, approval, ...span };
  });
