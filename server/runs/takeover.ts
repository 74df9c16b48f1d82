import type { JsonValue } from '@/lib/contracts/json';
import type { TenantContext } from '../context';
import { toTurns } from './execution';
import * as queries from './queries';
import { modelStepKey, toolStepKey } from './transcript';

/** What a re-run takes over from the run it repeats: finished steps, which are then neither done nor paid again. */

export interface FinishedStep {
  seq: number;
  stepKey: string;
  output: JsonValue;
}

interface Place {
  turn: number;
  /** Of a tool call in its turn; undefined for the model's answer. */
  index: number | undefined;
}

/** Reads `modelStepKey` and `toolStepKey`; undefined for any other key. */
export function placeOf(stepKey: string): Place | undefined {
  const match = /^(?:model-(\d+)|tool-(\d+)-(\d+))$/.exec(stepKey);
  if (!match) return undefined;
  const [, model, tool, index] = match;
  return { turn: Number(model ?? tool), index: index === undefined ? undefined : Number(index) };
}

/** The finished steps of a run in order, each as its last attempt left it. */
export async function selectFinished(ctx: TenantContext, runId: string): Promise<FinishedStep[]> {
  const results = (await queries.selectResults(ctx, runId)).filter(
    ({ isOpen, stepKey }) => !isOpen && placeOf(stepKey),
  );
  return [...new Map(results.map((result) => [result.stepKey, result])).values()].sort((a, b) => a.seq - b.seq);
}

/** What is done before a step: the turns before its own; for a tool call also the answer that asks for it and its siblings. */
export function before(steps: readonly FinishedStep[], stepKey: string): FinishedStep[] {
  const until = placeOf(stepKey);
  if (!until) return [];
  return steps.filter((step) => {
    const place = placeOf(step.stepKey);
    if (!place || step.stepKey === stepKey) return false;
    return place.turn < until.turn || (place.turn === until.turn && until.index !== undefined);
  });
}

/** The first step that is left to do after these; undefined when nothing is done. */
export function firstLeft(steps: readonly FinishedStep[]): string | undefined {
  const turns = toTurns(steps);
  const last = turns.at(-1);
  if (!last) return undefined;
  const turn = turns.length - 1;
  const done = new Set(steps.map(({ stepKey }) => stepKey));
  const call = last.answer.toolCalls.findIndex((_, index) => !done.has(toolStepKey(turn, index)));
  return call === -1 ? modelStepKey(turn + 1) : toolStepKey(turn, call);
}

/**
 * Copies finished steps into a run that has none yet, under their numbers, as work that took no time and cost nothing.
 * @param edit what one of them is to have given instead.
 */
export async function takeOver(
  ctx: TenantContext,
  { from, to, seqs, edit }: { from: string; to: string; seqs: number[]; edit?: { seq: number; output: JsonValue } },
): Promise<void> {
  if (seqs.length === 0) return;
  const org = ctx.org.id;
  const edited = edit?.seq ?? 0;
  // A tool's failure is a result; a model's answer has no `isError`.
  const status = edit && (edit.output as { isError?: boolean }).isError ? 'failed' : 'completed';
  await ctx.sql`
    insert into spans (org_id, run_id, seq, step_key, attempt, taken_over, parent_seq, kind, name, status, revision, queued_at,
      started_at, ended_at, cost_micros, finish_reason, error_code, error_message)
    select ${org}, ${to}, seq, step_key, 0, case seq when ${edited} then 'edited' else 'unchanged' end,
      case when parent_seq = any(${seqs}) then parent_seq end, kind, name, case seq when ${edited} then ${status} else status end,
      seq, now(), now(), now(), case when cost_micros is not null then 0 end, finish_reason,
      case seq when ${edited} then null else error_code end, case seq when ${edited} then null else error_message end
    from spans where org_id = ${org} and run_id = ${from} and seq = any(${seqs})`;
  await ctx.sql`
    insert into span_payloads (org_id, run_id, seq, input, output)
    select ${org}, ${to}, seq, input, case seq when ${edited} then ${JSON.stringify(edit?.output ?? null)}::jsonb else output end
    from span_payloads where org_id = ${org} and run_id = ${from} and seq = any(${seqs})`;
  // Which of the results it was does not stand in each, and a run that is asked on does not look at them.
  await ctx.sql`
    update runs set tainted_within = true where org_id = ${org} and id = ${to}
      and exists (select from runs b where b.org_id = ${org} and b.id = ${from} and b.tainted_within)
      and exists (select from spans s where s.org_id = ${org} and s.run_id = ${to} and s.kind = 'tool')`;
}
