import { newId } from '@/db/columns';
import type { FrozenSpec } from '@/lib/contracts/agents';
import type { JsonValue } from '@/lib/contracts/json';
import type { EditedAnswer, ForkRunInput, Lineage, RerunRunInput } from '@/lib/contracts/repair';
import { isEnded, type RunRef, type RunSummary, type StartedRun } from '@/lib/contracts/runs';
import { resolveSpec } from '../agents/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Invalid, PreconditionFailed } from '../errors';
import { claimKey, type OnceKey } from '../idempotency';
import { checkModel } from '../models/service';
import { openToolbox } from '../tools/toolbox';
import * as queries from './queries';
import { orRefused, recordRun, requireDeclared } from './service';
import * as summaries from './summaries';
import { before, type FinishedStep, firstLeft, placeOf, selectFinished, takeOver } from './takeover';
import type { AssistantMessage, RunStart, Turn } from './transcript';
import { previewOf } from './transition';

/**
 * Ways to run a run again. Each makes a run of its own: what happened stays on record as it happened, and money is
 * counted where it was spent.
 */

interface Source {
  summary: RunSummary;
  spec: FrozenSpec;
  variables: Record<string, string>;
  input: string;
  finished: FinishedStep[];
}

interface Repeat {
  /** Steps that are not done again. */
  kept?: FinishedStep[];
  edit?: { seq: number; output: JsonValue };
  resumedFrom?: string;
  change?: Partial<Pick<queries.NewRun, 'spec' | 'version' | 'variables' | 'input'>>;
  /** For the audit trail: what was changed, before and after. */
  audit: { action: 'run.retry' | 'run.rerun' | 'run.fork'; was?: JsonValue; is?: JsonValue };
}

/**
 * Takes a failed or cancelled run up again at the step it did not finish.
 * @throws NotFound; PreconditionFailed for a run that goes on or completed.
 */
export const retryRun = (ctx: OrgContext, { runId }: RunRef, once?: OnceKey): Promise<StartedRun> =>
  repeat(ctx, runId, once, (_, { summary: { status }, finished }) => {
    if (!isEnded(status)) throw new PreconditionFailed(`This run is ${status}. Wait for its end, or cancel it first.`);
    if (status === 'completed') {
      throw new PreconditionFailed(
        'This run completed: no step of it failed. Run it again from a step of your choice.',
      );
    }
    return { kept: finished, resumedFrom: firstLeft(finished), audit: { action: 'run.retry' } };
  });

/**
 * Runs the same spec again, from the beginning or from a step on, with what the caller changed.
 * @throws NotFound; Invalid for a step the run does not have, and for an edit that does not fit it.
 */
export const rerunRun = (ctx: OrgContext, input: RerunRunInput, once?: OnceKey): Promise<StartedRun> =>
  repeat(ctx, input.runId, once, async (tx, source) => {
    const { fromStep } = input;
    const audit = { action: 'run.rerun' } as const;
    if (fromStep === undefined) {
      requireNone(input, ['answer', 'result'], 'Say with `fromStep` which step this is of.');
      const { spec, ...was } = source;
      const change = { input: input.input ?? was.input, variables: input.variables ?? was.variables };
      requireDeclared(spec, change.variables);
      const isChanged = input.input !== undefined || input.variables !== undefined;
      return { change, audit: { ...audit, ...(isChanged && { was: shown(was), is: shown(change) }) } };
    }
    requireNone(input, ['input', 'variables'], 'It can be changed only from the beginning: leave `fromStep` out.');
    const kept = keptBefore(source, fromStep);
    const given = editOf({ ...source, toolbox: await openToolbox(tx, source.spec.tools) }, input);
    if (given === undefined) return { kept, resumedFrom: fromStep, audit };
    const step = source.finished.find(({ stepKey }) => stepKey === fromStep);
    if (!step)
      throw new Invalid(`Step ${fromStep} has nothing to edit: it did not finish. Run it again without an edit.`);
    return {
      kept: [...kept, step].sort((a, b) => a.seq - b.seq),
      edit: { seq: step.seq, output: withTaint(given, step.output as Partial<Turn['results'][number]>) },
      resumedFrom: fromStep,
      audit: { ...audit, was: brief(step.output), is: brief(given) },
    };
  });

/**
 * Runs the same input with another version of the agent, its draft, or another model; from a step on when asked.
 * @throws NotFound for the version; Invalid when neither is named, for a model that does not exist and a step the run does not have.
 */
export const forkRun = (ctx: OrgContext, input: ForkRunInput, once?: OnceKey): Promise<StartedRun> =>
  repeat(ctx, input.runId, once, async (tx, source) => {
    const { version, model, fromStep } = input;
    if (version === undefined && model === undefined) throw new Invalid('Say which `version` or `model` to run with.');
    if (model !== undefined) checkModel(model);
    const was = { version: source.summary.version, model: source.spec.model };
    const other = version === undefined ? source : await resolveSpec(tx, source.summary.agentId, version);
    const spec = model === undefined ? other.spec : { ...other.spec, model };
    const declared = new Set(spec.variables.map(({ name }) => name));
    const variables = Object.fromEntries(Object.entries(source.variables).filter(([name]) => declared.has(name)));
    const is = { version: 'version' in other ? other.version : was.version, model: spec.model };
    return {
      kept: fromStep === undefined ? [] : keptBefore(source, fromStep),
      resumedFrom: fromStep,
      change: { spec, variables, version: is.version },
      audit: { action: 'run.fork', was, is },
    };
  });

/** The run it repeats, and the newest of those that repeat it. @throws NotFound */
export async function getLineage(ctx: OrgContext, { runId }: RunRef): Promise<Lineage> {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, async (tx) => {
    const { rerunOf } = await summaries.getRunSummary(tx, runId);
    const of = rerunOf === null ? null : ((await summaries.findRunSummary(tx, rerunOf)) ?? null);
    return { of, reruns: await summaries.selectReruns(tx, runId) };
  });
}

async function repeat(
  ctx: OrgContext,
  runId: string,
  once: OnceKey | undefined,
  plan: (tx: TenantContext, source: Source) => Repeat | Promise<Repeat>,
): Promise<StartedRun> {
  requirePermission(ctx, 'runs:start');
  return orRefused(ctx, async (tx) => {
    const id = newId();
    const made = await claimKey(tx, once, id);
    if (made) return summaries.getRunSummary(tx, made);
    const summary = await summaries.getRunSummary(tx, runId);
    const { spec, variables, input } = await queries.getRunPayload(tx, runId);
    const source: Source = { summary, spec, variables, input, finished: await selectFinished(tx, runId) };
    const { kept = [], edit, resumedFrom, change, audit } = await plan(tx, source);
    const { workspaceId, agentId, version } = summary;
    // A step from which nothing is taken over is the beginning.
    const resumed = kept.length > 0 ? resumedFrom : undefined;
    const run = { id, conversationId: id, rerunOf: runId, resumedFrom: resumed, revision: kept.at(-1)?.seq };
    const trigger = ctx.actor.type === 'apiKey' ? 'api' : summary.trigger === 'editor' ? 'editor' : 'app';
    const started = await recordRun(
      tx,
      { ...run, workspaceId, agentId, version, trigger, spec, variables, input, ...change },
      {
        audit: {
          action: audit.action,
          ...(audit.was !== undefined && { before: audit.was }),
          after: { rerunOf: runId, fromStep: resumed ?? null, ...(audit.is !== undefined && { changed: audit.is }) },
        },
      },
    );
    await takeOver(tx, { from: runId, to: id, seqs: kept.map(({ seq }) => seq), edit });
    return started;
  });
}

/** What a run had done before one of its steps. @throws Invalid when it has no such step. */
function keptBefore({ finished }: Source, stepKey: string): FinishedStep[] {
  const known = finished.some((step) => step.stepKey === stepKey) || isNext(finished, stepKey);
  if (known) return before(finished, stepKey);
  const names = finished.map((step) => step.stepKey).join(', ');
  throw new Invalid(`The run has no step ${stepKey}. It has: ${names || 'none that finished'}.`, {
    fields: { fromStep: 'unknown' },
  });
}

/** Whether all that a step needs is there although it did not finish itself. */
function isNext(finished: FinishedStep[], stepKey: string): boolean {
  const place = placeOf(stepKey);
  if (!place) return false;
  const next = firstLeft(finished) ?? 'model-0';
  if (stepKey === next) return true;
  const answer = finished.find((step) => step.stepKey === `model-${place.turn}`)?.output as
    | AssistantMessage
    | undefined;
  return place.index !== undefined && (answer?.toolCalls.length ?? 0) > place.index;
}

/** What a step is to have given instead. @throws Invalid for an edit that does not fit the step. */
function editOf(start: Given, { fromStep = '', answer, result }: RerunRunInput): JsonValue | undefined {
  const place = placeOf(fromStep);
  if (!place) return undefined;
  if (place.index === undefined) {
    if (result)
      throw new Invalid('A model step has an `answer`, no `result`.', { fields: { result: 'of a tool step' } });
    return answer && toMessage(start, place.turn, answer);
  }
  if (answer) throw new Invalid('A tool step has a `result`, no `answer`.', { fields: { answer: 'of a model step' } });
  return result && { output: result.output, isError: result.isError };
}

/** A result stays one from outside, whatever is written in its place: what it said may be in it. */
function withTaint(given: JsonValue, { taints }: Pick<Turn['results'][number], 'taints'>): JsonValue {
  return taints ? { ...(given as object), taints } : given;
}

type Given = Pick<RunStart, 'spec' | 'toolbox'>;

function toMessage({ spec, toolbox }: Given, turn: number, { content, toolCalls }: EditedAnswer): JsonValue {
  if (!content.trim() && toolCalls.length === 0) {
    throw new Invalid('The answer is empty: write a text, or a tool call.', { fields: { 'answer.content': 'empty' } });
  }
  const calls = toolCalls.map(({ name, input }, index) => {
    const at = `answer.toolCalls.${index}`;
    const tool = spec.tools.some((one) => one.name === name) ? toolbox.find(name) : undefined;
    if (!tool) {
      const known = spec.tools.map((one) => one.name).join(', ') || 'none';
      throw new Invalid(`The agent has no tool ${name}. It has: ${known}.`, { fields: { [`${at}.name`]: 'unknown' } });
    }
    const parsed = tool.inputSchema.safeParse(input);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const path = [`${at}.input`, ...(issue?.path ?? [])].join('.');
      throw new Invalid(`The arguments of ${name} do not fit: ${issue?.message ?? 'see its schema'}`, {
        fields: { [path]: issue?.message ?? 'invalid' },
      });
    }
    return { id: `edited_${turn}_${index}`, name, input };
  });
  return { role: 'assistant', content, toolCalls: calls };
}

function requireNone<K extends keyof RerunRunInput>(input: RerunRunInput, keys: K[], why: string): void {
  const given = keys.find((key) => input[key] !== undefined);
  if (given) throw new Invalid(`\`${given}\` does not go with this. ${why}`, { fields: { [given]: why } });
}

/** The trail tells what was changed, not all that was ever said. */
const brief = (value: JsonValue): string | null => previewOf(typeof value === 'string' ? value : JSON.stringify(value));
const shown = ({ input, variables }: Pick<Source, 'input' | 'variables'>): JsonValue => ({
  input: brief(input),
  variables: brief(variables),
});
