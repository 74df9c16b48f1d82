import { withTenant } from '../context';
import { crashPoint } from '../crash-point';
import { findTool, runTool } from '../tools/registry';
import { closeInterrupted, type Execution, inRun, jobContext, type RunAddress, stopWaiting } from './execution';
import { openWork, RunCancelled } from './live';
import { closeSpan, openSpan } from './records';
import { TimeIsUp, watchForStop } from './stop';
import { type AssistantMessage, modelStepKey, toolStepKey } from './transcript';

/** One call of a tool. What the tool gives, failures included, is for the model to read. */
export async function runToolCall(address: RunAddress, turn: number, index: number): Promise<void> {
  const { runId } = address;
  const work = openWork(runId);
  try {
    const begun = await beginCall(address, turn, index);
    if (!begun) return;
    const { execution, call, seq } = begun;
    const startedAt = performance.now();
    const stop = watchForStop(address, execution, work);
    try {
      crashPoint('tool-call.before-effect');
      const result = await callTool(execution, call, work.signal);
      crashPoint('tool-call.before-checkpoint');
      const output = { output: result.ok ? result.output : { error: result.error }, isError: !result.ok };
      const error = result.ok ? undefined : { code: 'tool_failed' as const, message: result.error };
      await closeSpan(jobContext(address), {
        runId,
        seq,
        status: result.ok ? 'completed' : 'failed',
        output,
        error,
        providerMs: Math.round(performance.now() - startedAt),
      });
      crashPoint('tool-call.after-checkpoint');
    } catch (error) {
      if (error instanceof TimeIsUp) {
        const end = { status: 'failed', error: error.reason } as const;
        await withTenant(jobContext(address), async (tx) => {
          await closeSpan(tx, { runId, seq, ...end, end });
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

async function callTool(execution: Execution, call: AssistantMessage['toolCalls'][number], signal: AbortSignal) {
  const offered = execution.spec.tools.some(({ name }) => name === call.name);
  const tool = offered ? findTool(call.name) : undefined;
  if (!tool) {
    const names = execution.spec.tools.map(({ name }) => name).join(', ') || 'none';
    return { ok: false as const, error: `There is no tool ${call.name}. Your tools: ${names}.` };
  }
  if (tool.human) return { ok: false as const, error: 'Give the question as {"question": "…"}.' };
  return runTool(tool, call.input, { signal });
}

/** Opens the span of a call unless it is finished. */
const beginCall = (address: RunAddress, turn: number, index: number) =>
  inRun(address, async (execution) => {
    const call = execution.turns[turn]?.answer.toolCalls[index];
    const stepKey = toolStepKey(turn, index);
    if (!call || execution.spans.has(stepKey)) return undefined;
    await closeInterrupted(execution, address.runId, stepKey);
    const model = execution.spans.get(modelStepKey(turn));
    const span = await openSpan(execution.ctx, {
      runId: address.runId,
      stepKey,
      kind: 'tool',
      name: call.name,
      status: 'running',
      parentSeq: model?.seq,
      queuedAt: model?.endedAt ?? execution.lastEndedAt,
      input: call.input,
    });
    return span && { execution, call, ...span };
  });
