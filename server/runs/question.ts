import type { JsonValue } from '@/lib/contracts/json';
import { crashPoint } from '../crash-point';
import { findTool } from '../tools/registry';
import * as approvals from './approvals';
import { inRun, type RunAddress } from './execution';
import * as queries from './queries';
import { closeSpan, openSpan } from './records';
import { type AssistantMessage, modelStepKey, toolStepKey } from './transcript';

/** A person has this long to answer. */
export const QUESTION_DAYS = 7;

/** The question of a call that asks a person; undefined for every other call, and for arguments without a question. */
export function questionOf(call: AssistantMessage['toolCalls'][number]): string | undefined {
  const tool = findTool(call.name);
  if (!tool?.human) return undefined;
  const parsed = tool.inputSchema.safeParse(call.input);
  return parsed.success ? (parsed.data as { question: string }).question : undefined;
}

/** Puts a question to people and lets the run wait. */
export async function openQuestion(address: RunAddress, turn: number, index: number): Promise<void> {
  const { runId } = address;
  const stepKey = toolStepKey(turn, index);
  await inRun(address, async (execution) => {
    const call = execution.turns[turn]?.answer.toolCalls[index];
    const question = call && questionOf(call);
    if (!call || question === undefined || execution.spans.has(stepKey)) return;
    if (await approvals.findApproval(execution.ctx, runId, stepKey)) return;
    crashPoint('question-open.before-effect');
    const expiresAt = new Date(Date.now() + QUESTION_DAYS * 24 * 3600 * 1000);
    const model = execution.spans.get(modelStepKey(turn));
    await openSpan(execution.ctx, {
      runId,
      stepKey,
      kind: 'human',
      name: call.name,
      status: 'waiting',
      parentSeq: model?.seq,
      queuedAt: model?.endedAt ?? execution.lastEndedAt,
      input: call.input,
    });
    await approvals.insertApproval(execution.ctx, { runId, stepKey, question, expiresAt });
    crashPoint('question-open.before-checkpoint');
  });
  crashPoint('question-open.after-checkpoint');
}

/** Takes the answer, or that none came in time, back into the run. */
export async function closeQuestion(address: RunAddress, turn: number, index: number): Promise<void> {
  const { runId } = address;
  const stepKey = toolStepKey(turn, index);
  await inRun(address, async (execution) => {
    if (execution.spans.has(stepKey)) return;
    const approval = await approvals.findApproval(execution.ctx, runId, stepKey);
    const span = (await queries.selectSpans(execution.ctx, runId)).findLast((row) => row.stepKey === stepKey);
    if (!approval || !span) return;
    crashPoint('question-close.before-effect');
    const answered = approval.status === 'answered';
    if (!answered) await approvals.expireApproval(execution.ctx, runId, stepKey);
    const output: JsonValue = answered
      ? { output: { answer: approval.answer, answeredBy: approval.answeredByName }, isError: false }
      : { output: { error: `Nobody answered within ${QUESTION_DAYS} days.` }, isError: true };
    await closeSpan(execution.ctx, { runId, seq: span.seq, status: 'completed', output });
    crashPoint('question-close.before-checkpoint');
  });
  crashPoint('question-close.after-checkpoint');
}
