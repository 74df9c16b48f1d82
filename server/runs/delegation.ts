import { newId } from '@/db/columns';
import { DEFAULT_DEADLINE_SECONDS } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import { isEnded } from '@/lib/contracts/runs';
import { resolveSpec } from '../agents/service';
import { DomainError } from '../errors';
import { DelegateInput, delegatesOf } from '../tools/delegate';
import { closeInterrupted, type Execution, inRun, type RunAddress, stopWaiting } from './execution';
import * as queries from './queries';
import { recordRun } from './service';
import { openSpan } from './span-begin';
import { closeSpan, endRun } from './span-end';
import * as summaries from './summaries';
import { type AssistantMessage, delegatedMicros, modelStepKey, toolStepKey } from './transcript';
import { decisionOn, editedBy, hasReadOutside, refusedBecause, wayOf } from './waiting';

/** A task given to another agent is a run of that agent: with the rights, the money and the taint of the run that asks. */

/** So deep may agents ask agents; the first run is 0. */
const MAX_DEPTH = 5;
/** So many tasks may one run give away. */
const MAX_TASKS = 20;

type Call = AssistantMessage['toolCalls'][number];

/** Why a task is not given away; the model is told. */
class NotDelegated extends Error {
  constructor(
    message: string,
    readonly code: 'tool_failed' | 'tool_denied' = 'tool_failed',
  ) {
    super(message);
  }
}

/**
 * Records the run of the other agent and opens the span that waits for it.
 * @returns undefined when there is nothing to wait for: the call was answered, or its reason not to be run is its result.
 */
export const beginDelegation = (address: RunAddress, turn: number, index: number) =>
  inRun(address, async (execution): Promise<{ runId: string; seconds: number } | undefined> => {
    const { ctx, spec, spans, open } = execution;
    const call = execution.turns[turn]?.answer.toolCalls[index];
    const stepKey = toolStepKey(turn, index);
    const seconds = spec.limits.maxSeconds;
    if (!call || spans.has(stepKey)) return undefined;
    const begun = open.has(stepKey) && (await queries.findChild(ctx, address.runId, stepKey));
    if (begun) return { runId: begun, seconds };
    await closeInterrupted(execution, address.runId, stepKey);
    const runId = newId();
    const needsConsent = typeof wayOf(execution, turn, call) !== 'string';
    const approval = needsConsent ? await decisionOn(execution, address.runId, turn, index) : undefined;
    const input = approval?.edited ?? call.input;
    const refusal =
      needsConsent && approval?.status !== 'approved'
        ? new NotDelegated(refusedBecause(approval), 'tool_denied')
        : undefined;
    const task = { turn, index, call, input, runId };
    const problem = refusal ?? (await recordChild(execution, address, task).catch(reasonNotTo));
    const model = spans.get(modelStepKey(turn));
    const span = await openSpan(ctx, {
      runId: address.runId,
      stepKey,
      kind: 'tool',
      name: call.name,
      status: 'running',
      parentSeq: model?.seq,
      queuedAt: model?.endedAt ?? execution.lastEndedAt,
      input: problem ? input : { ...(input as object), runId },
    });
    if (!span) return undefined;
    if (!problem) return { runId, seconds };
    const { code, message } = problem;
    const output = { output: { error: message }, isError: true };
    await closeSpan(ctx, { runId: address.runId, seq: span.seq, status: 'failed', output, error: { code, message } });
    return undefined;
  });

/** Takes the other agent's answer back into the run that asked; stops it when it has taken too long. */
export const endDelegation = (address: RunAddress, turn: number, index: number) =>
  inRun(address, async (execution) => {
    const { ctx, open } = execution;
    const { runId } = address;
    const stepKey = toolStepKey(turn, index);
    const seq = open.get(stepKey);
    const childId = seq === undefined ? undefined : await queries.findChild(ctx, runId, stepKey);
    if (seq === undefined || !childId) return;
    const before = await summaries.getRunResult(ctx, childId);
    if (!isEnded(before.status)) {
      await endRun(ctx, childId, { status: 'cancelled' });
      await stopWaiting(ctx, childId);
    }
    const child = await summaries.getRunResult(ctx, childId);
    const approval = await decisionOn(execution, runId, turn, index);
    const outcome = {
      runId: childId,
      costMicros: child.costMicros,
      taints: await queries.wasTainted(ctx, childId),
      ...editedBy(approval),
    };
    if (child.status === 'completed') {
      const output: JsonValue = {
        output: { agent: child.agentName, answer: child.output },
        isError: false,
        ...outcome,
      };
      await closeSpan(ctx, { runId, seq, status: 'completed', output, taints: outcome.taints });
      return;
    }
    const why = isEnded(before.status)
      ? (child.errorMessage ?? 'It was cancelled.')
      : 'It took too long and was stopped.';
    const message = `${child.agentName} did not finish the task. ${why}`;
    await closeSpan(ctx, {
      runId,
      seq,
      status: 'failed',
      output: { output: { error: message }, isError: true, ...outcome },
      error: { code: 'tool_failed', message },
      taints: outcome.taints,
    });
  });

interface Task {
  turn: number;
  index: number;
  call: Call;
  /** What the model gave, or the person who approved it. */
  input: JsonValue;
  runId: string;
}

async function recordChild(execution: Execution, address: RunAddress, { turn, index, call, input, runId }: Task) {
  const { ctx, spec, turns, payers, depth, costMicros } = execution;
  const given = DelegateInput.safeParse(input);
  if (!given.success) throw new NotDelegated('Give the task as {"agent": "…", "task": "…"}.');
  const { agent, task } = given.data;
  const allowed = delegatesOf(spec.tools);
  if (!allowed.includes(agent)) {
    throw new NotDelegated(`You may not give tasks to ${agent}. You may to: ${allowed.join(', ') || 'nobody'}.`);
  }
  if (depth >= MAX_DEPTH) throw new NotDelegated(`Agents are asking agents ${MAX_DEPTH} deep. Do it yourself.`);
  const tasks = turns.flatMap(({ answer }) => answer.toolCalls.filter(({ name }) => name === call.name));
  if (tasks.length > MAX_TASKS) throw new NotDelegated(`A run may give away ${MAX_TASKS} tasks. Do the rest yourself.`);
  const personId = startedBy(execution);
  const candidates = await queries.selectAgentsNamed(ctx, payers.workspaceId, { name: agent, personId });
  const [found, ...others] = candidates;
  if (!found) throw new NotDelegated(`There is no published agent ${agent} in this workspace.`);
  if (others.length > 0) throw new NotDelegated(`There are ${candidates.length} agents named ${agent}. Rename one.`);
  const above = await queries.selectLineage(ctx, address.runId);
  if (above.includes(found.id)) {
    throw new NotDelegated(`${agent} is waiting for this answer itself. Answer, or do it yourself.`);
  }
  const resolved = await resolveSpec(ctx, found.id, undefined);
  const beside = turns[turn]?.answer.toolCalls.filter(({ name }) => name === call.name).length ?? 1;
  const left = Math.max(0, spec.limits.maxCostMicros - costMicros - delegatedMicros(turns));
  const limits = {
    ...resolved.spec.limits,
    maxCostMicros: Math.min(resolved.spec.limits.maxCostMicros, Math.floor(left / beside)),
    maxSeconds: Math.min(resolved.spec.limits.maxSeconds, spec.limits.maxSeconds),
  };
  await recordRun(
    ctx,
    {
      id: runId,
      ...resolved,
      spec: { ...resolved.spec, limits },
      agentId: found.id,
      conversationId: runId,
      trigger: 'agent',
      variables: {},
      input: task,
      parent: { runId: address.runId, stepKey: toolStepKey(turn, index), depth: depth + 1 },
      above,
      isTainted: hasReadOutside(execution, turn),
    },
    { audit: { action: 'run.delegate', after: { agentId: found.id, parentRunId: address.runId } } },
  );
  return undefined;
}

/** Whose private agents may be asked; programs and visitors have none. */
function startedBy({ ctx: { actor } }: Execution): string | null {
  return actor.type === 'run' && actor.startedBy.type === 'user' ? actor.startedBy.id : null;
}

function reasonNotTo(error: unknown): NotDelegated {
  if (error instanceof NotDelegated) return error;
  if (error instanceof DomainError) return new NotDelegated(error.message);
  throw error;
}

/** How long the other agent is waited for: people may be in between. */
export const delegationTimeout = (seconds: number): string => `${seconds + DEFAULT_DEADLINE_SECONDS.question}s`;
