import {
  type Approval,
  type ApprovalKind,
  type ApprovalRule,
  DEFAULT_DEADLINE_SECONDS,
} from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import { formatDuration } from '@/lib/format';
import { expandedInstructions } from '@/lib/partials';
import { closeApproval, findApproval, openApproval } from '../approvals/service';
import { crashPoint } from '../crash-point';
import { type TaintWay, taintWay } from '../guardrails/service';
import { type Execution, inRun, type RunAddress } from './execution';
import { openSpan } from './span-begin';
import { closeSpan } from './span-end';
import { type AssistantMessage, modelStepKey, type RunStart, toolStepKey } from './transcript';
import { bumpRevision } from './transition';

type Call = AssistantMessage['toolCalls'][number];
/** What the agent was given. */
type Given = Pick<RunStart, 'spec' | 'toolbox'>;

/**
 * How a call the model wants goes on: by itself, as the run of another agent, or when a person has decided. Small: the
 * durable engine keeps it.
 */
export type CallWay = 'machine' | 'agent' | { asks: ApprovalKind; seconds: number; next?: 'agent' };

/** The agent's rule for a tool; undefined when the agent was not given it. */
export function ruleOf({ spec, toolbox }: Given, name: string): ApprovalRule | undefined {
  const given = spec.tools.find((tool) => tool.name === name);
  return given && (given.approval ?? { mode: toolbox.find(name)?.approval ?? 'auto', notByStarter: false });
}

/** True when text that somebody outside may have written was read before the model made its calls of this turn. */
export const hasReadOutside = (execution: Execution, turn: number): boolean =>
  execution.start.isTainted || readBefore(execution, turn).length > 0;

/** What the agent's rule for untrusted text says to a call: all that was read before the model made it counts. */
export function taintOf(execution: Execution, turn: number, call: Call): TaintWay {
  const { spec, start, turns } = execution;
  const tool = start.toolbox.find(call.name);
  if (!tool || !hasReadOutside(execution, turn)) return 'free';
  return taintWay(tool, call.input, spec.taint, {
    trusted: () => trustedOf(start),
    read: () => turns.slice(0, turn).flatMap(({ results }) => results.map(({ output }) => JSON.stringify(output))),
  });
}

/**
 * What was said by those the agent works for. What a conversation begins with may be a task of another agent, which had
 * read text from outside and may pass on what it wants.
 */
function trustedOf({ spec, input, variables, history, isTainted }: RunStart): string[] {
  const said = [...history.map((past) => past.input), input];
  return [expandedInstructions(spec), ...Object.values(variables), ...said.slice(isTainted ? 1 : 0)];
}

/** The tools that brought text from outside into the run before this turn. */
const readBefore = ({ start, turns }: Execution, turn: number): string[] => {
  const called = turns
    .slice(0, turn)
    .flatMap(({ answer, results }) =>
      answer.toolCalls.flatMap(({ name }, index) =>
        results[index]?.taints || start.toolbox.find(name)?.reads === 'untrusted' ? [name] : [],
      ),
    );
  return [...new Set(called)];
};

/** Nobody is asked about a call that cannot be run: its error goes to the model. */
export function wayOf(execution: Execution, turn: number, call: Call): CallWay {
  const { start } = execution;
  const rule = ruleOf(start, call.name);
  const tool = start.toolbox.find(call.name);
  if (!rule || !tool || tool.disabled || rule.mode === 'deny' || !tool.inputSchema.safeParse(call.input).success)
    return 'machine';
  const delegates = !tool.human && tool.delegates === true;
  if (!tool.human && rule.mode === 'auto' && taintOf(execution, turn, call) !== 'ask') {
    return delegates ? 'agent' : 'machine';
  }
  const asks = tool.human ? 'question' : 'tool';
  const seconds = rule.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS[asks];
  return { asks, seconds, ...(delegates && { next: 'agent' }) };
}

/** The step in which people are waited for: a question is its own result, a tool is run after it. */
export const waitStepKey = (asks: ApprovalKind, turn: number, index: number): string =>
  asks === 'question' ? toolStepKey(turn, index) : `${toolStepKey(turn, index)}-approval`;

/** Puts a call to people and lets the run wait. */
export async function openWait(address: RunAddress, turn: number, index: number): Promise<void> {
  await inRun(address, async (execution) => {
    const { ctx, start } = execution;
    const answer = execution.turns[turn]?.answer;
    const call = answer?.toolCalls[index];
    const way = call ? wayOf(execution, turn, call) : 'machine';
    if (!call || typeof way === 'string') return;
    const { runId } = address;
    const stepKey = waitStepKey(way.asks, turn, index);
    if (await findApproval(ctx, runId, stepKey)) return;
    crashPoint('question-open.before-effect');
    const model = execution.spans.get(modelStepKey(turn));
    await openSpan(ctx, {
      runId,
      stepKey,
      kind: 'human',
      name: call.name,
      status: 'waiting',
      parentSeq: model?.seq,
      queuedAt: model?.endedAt ?? execution.lastEndedAt,
      input: call.input,
    });
    const rule = ruleOf(start, call.name);
    const isTainted = way.asks === 'tool' && taintOf(execution, turn, call) === 'ask';
    await openApproval(ctx, {
      runId,
      stepKey,
      kind: way.asks,
      tool: call.name,
      toolDescription: start.toolbox.find(call.name)?.does ?? '',
      question: way.asks === 'question' ? (call.input as { question: string }).question : null,
      proposed: call.input,
      said: answer.content.trim() || null,
      isTainted,
      taintedBy: isTainted ? readBefore(execution, turn) : [],
      step: turn + 1,
      decider: rule?.decider,
      notByStarter: rule?.notByStarter ?? false,
      expiresAt: new Date(Date.now() + way.seconds * 1000),
    });
    crashPoint('question-open.before-checkpoint');
  });
  crashPoint('question-open.after-checkpoint');
}

/** Takes what was decided, or that nobody did in time, back into the run. */
export async function closeWait(address: RunAddress, asks: ApprovalKind, turn: number, index: number): Promise<void> {
  await inRun(address, async (execution) => {
    const { runId } = address;
    const stepKey = waitStepKey(asks, turn, index);
    const seq = execution.open.get(stepKey);
    if (seq === undefined) return;
    crashPoint('question-close.before-effect');
    // Whoever decides locks the run first as well.
    await bumpRevision(execution.ctx, runId);
    const approval = await closeApproval(execution.ctx, runId, stepKey);
    if (!approval) return;
    await closeSpan(execution.ctx, { runId, seq, status: 'completed', output: outcomeOf(approval) });
    crashPoint('question-close.before-checkpoint');
  });
  crashPoint('question-close.after-checkpoint');
}

/** The decision on a call that needed one. */
export const decisionOn = ({ ctx }: Execution, runId: string, turn: number, index: number) =>
  findApproval(ctx, runId, waitStepKey('tool', turn, index));

/** Kept with the result, for the model is told what was really run. */
export const editedBy = (approval: Approval | undefined): Record<string, JsonValue> =>
  approval?.edited == null ? {} : { edited: { by: approval.decidedByName, arguments: approval.edited } };

function outcomeOf(approval: Approval): JsonValue {
  const { kind, status, answer, decidedByName } = approval;
  if (status === 'answered') return { output: { answer, answeredBy: decidedByName }, isError: false };
  if (status === 'approved') return { output: { approvedBy: decidedByName }, isError: false };
  const error = kind === 'question' ? unanswered(approval) : refusedBecause(approval);
  return { output: { error }, isError: true };
}

const unanswered = (approval: Approval): string =>
  approval.status === 'denied'
    ? `${approval.decidedByName ?? 'The person asked'} does not answer this.${reasonOf(approval)}`
    : `Nobody answered within ${timeGiven(approval)}.`;

/** Read by the model: why a call that needed consent is not run. */
export function refusedBecause(approval: Approval | undefined): string {
  if (approval?.status === 'denied') {
    const who = approval.decidedByName ?? 'A person';
    return `${who} denied this call; it was not run.${reasonOf(approval)} Do not repeat it unchanged.`;
  }
  return approval?.status === 'expired'
    ? `Nobody approved this call within ${timeGiven(approval)}, so it was not run.`
    : 'This call needs the approval of a person and has none, so it was not run.';
}

const reasonOf = ({ reason }: Approval): string => (reason ? ` Reason: ${reason}` : '');
const timeGiven = ({ createdAt, expiresAt }: Approval): string =>
  formatDuration(Math.round((expiresAt.getTime() - createdAt.getTime()) / 1000) * 1000);
