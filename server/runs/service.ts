import type { Row } from 'postgres';
import { newId } from '@/db/columns';
import type { Statement } from '@/db/transaction';
import { runRequested } from '@/inngest/events';
import { unfitReason } from '@/lib/contracts/agent-variables';
import type { AgentSpec } from '@/lib/contracts/agents';
import type { JsonValue } from '@/lib/contracts/json';
import type { PageOf } from '@/lib/contracts/paging';
import { modelsOf } from '@/lib/contracts/routing';
import {
  type CountNewRunsInput,
  isEnded,
  type ListRunsInput,
  type Run,
  type RunOverview,
  type RunRef,
  type RunSummary,
  type RunTrigger,
  type SpanPayload,
  type SpanRef,
  type StartedRun,
  type StartRunInput,
} from '@/lib/contracts/runs';
import { findPrice } from '@/lib/prices';
import { selectApprovals } from '../approvals/service';
import { recordAudit, recordAuditIn } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Conflict, DomainError, Invalid, NotFound, PreconditionFailed } from '../errors';
import { blockedBy, checkInput, holdsBackOutput } from '../guardrails/service';
import { claimKey, type OnceKey } from '../idempotency';
import { hasRoom, type Payers, requireRoom } from '../ledger/service';
import { tendWhenGrown } from '../maintenance/service';
import { enqueueEventIn } from '../outbox';
import { runStarted } from '../telemetry/runs';
import { openToolbox } from '../tools/toolbox';
import { stopWaiting, toTurns } from './execution';
import { holdsStill, knownStart, readStart, type Start } from './known-starts';
import * as lists from './lists';
import { abortRun } from './live';
import { type KnownRun, remember } from './memory';
import * as queries from './queries';
import { endRun } from './span-end';
import * as summaries from './summaries';
import { modelInput } from './transcript';
import { previewOf } from './transition';
import { inTurn } from './turns';

/**
 * Records a run and asks for its execution.
 * @param runId of the new run; `once` may lead to another one, made before.
 * @throws NotFound for the agent, version or conversation; PreconditionFailed when nothing is published; Invalid for a
 * variable the spec does not declare; Conflict while the conversation has a run under way; BudgetExceeded when a budget of
 * it has nothing left at all.
 */
export async function startRun(
  ctx: OrgContext,
  input: StartRunInput,
  trigger: RunTrigger,
  once?: OnceKey,
  runId = newId(),
): Promise<StartedRun> {
  requirePermission(ctx, 'runs:start');
  const { agentId, variables, conversationId } = input;
  const start = async (tx: TenantContext, known?: Start): Promise<StartedRun> => {
    const readAt = performance.now();
    const made = await claimKey(tx, once, runId);
    if (made) return summaries.getRunSummary(tx, made);
    const { facts, ...resolved } = known ?? (await readStart(tx, input));
    requireDeclared(resolved.spec, variables);
    if (conversationId) await requireConversation(tx, conversationId, agentId);
    const run = { id: runId, agentId, conversationId: conversationId ?? runId, trigger, variables, input: input.input };
    const holds = known && holdsStill(tx, input, known);
    return recordRun(tx, { ...run, ...resolved }, { last: !once, known: { readAt, facts }, holds });
  };
  return inTurn(ctx.org.id, async () => {
    const known = knownStart(ctx, input);
    const started = known && (await withTenant(ctx, (tx) => start(tx, known)).catch(orUndefined));
    return started ?? orRefused(ctx, start);
  });
}

/** What is known may be of yesterday: who is refused for it, is refused for what is read anew, or is not. */
function orUndefined(error: unknown): undefined {
  if (error instanceof Refused || error instanceof DomainError) return undefined;
  throw error;
}

/** A run that may not begin; its transaction wrote nothing, or undoes what it did. */
class Refused extends Error {
  constructor(readonly payers: Payers | undefined) {
    super('The run may not begin.');
  }
}

/** How often a run is begun that found no room where there is some a moment later. */
const MAX_TRIES = 3;

/** A transaction that records a run. @throws Conflict while its conversation has one under way, BudgetExceeded */
export async function orRefused<T>(ctx: OrgContext, work: (tx: TenantContext) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await withTenant(ctx, work);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { payers } = error;
      if (payers) await withTenant(ctx, (tx) => requireRoom(tx, payers));
      // There is room now, or it was not for money. A conversation that is busy still is.
      if (!payers || tries === MAX_TRIES) {
        throw new Conflict('The agent is still answering in this conversation. Wait for it, or stop it.');
      }
    }
  }
}

/**
 * Writes a run, who asked for it and the event that has it executed, in a transaction of `orRefused`.
 * @param options.known what its first step will have to know; for a run that whoever acts starts anew
 * @param options.holds without which nothing is written: of what `run` is made of
 */
export async function recordRun(
  tx: TenantContext,
  run: Omit<queries.NewRun, 'inputPreview'>,
  {
    audit = { action: 'run.start', after: { agentId: run.agentId, version: run.version } },
    last = false,
    known,
    holds,
  }: {
    audit?: { action: string; before?: JsonValue; after?: JsonValue };
    last?: boolean;
    known?: Pick<KnownRun, 'readAt' | 'facts'>;
    holds?: Statement<Row>;
  },
): Promise<StartedRun> {
  const { id, workspaceId, agentId, conversationId, spec } = run;
  const checked = checkInput(spec, run.input, run.variables);
  const payers = { workspaceId, agentId, actorId: tx.actor.id };
  const isPriced = modelsOf(run.spec.model).some((model) => findPrice(model) !== undefined);
  const row = {
    ...run,
    input: checked.text,
    variables: checked.variables,
    inputPreview: previewOf(checked.text) ?? '',
    ...(checked.findings.length > 0 && { guarded: checked.findings }),
  };
  // What costs nothing is in no budget.
  const condition = tx.sql`${holds ?? tx.sql`true`} and ${isPriced ? hasRoom(tx, payers) : tx.sql`true`}`;
  const write = (event?: Parameters<typeof queries.insertRun>[2]['event']) =>
    recordAuditIn(tx, { ...audit, resourceType: 'run', resourceId: id }, async (entry) => {
      const createdAt = await queries.insertRun(tx, row, {
        condition,
        audit: entry,
        event,
        last: last && !checked.blocked,
      });
      if (!createdAt) throw new Refused(isPriced ? payers : undefined);
      if (known && conversationId === id && !checked.blocked) remember(id, begunAt(createdAt, tx, row, known));
    });
  // The step that waits for it has it executed.
  if (run.parent) await write();
  else await enqueueEventIn(tx, runRequested.create({ orgId: tx.org.id, runId: id }), write);
  tx.afterCommit(() => {
    runStarted({ runId: id, trigger: run.trigger });
    tendWhenGrown();
  });
  if (checked.blocked) await endRun(tx, id, { status: 'failed', error: blockedBy('input', checked.blocked) });
  return { id, agentId, conversationId };
}

/** A run that has just been recorded, as its first step would read it. */
function begunAt(
  createdAt: Date,
  { actor, permissions }: TenantContext,
  run: Omit<queries.NewRun, 'inputPreview'>,
  known: Pick<KnownRun, 'readAt' | 'facts'>,
): KnownRun {
  const { spec, variables, input, workspaceId, agentId, isTainted = false } = run;
  const startedBy = queries.starterOf({ actor });
  return {
    ...known,
    revision: 0,
    given: { spec, variables, input, history: [], isTainted },
    startedBy,
    permissions,
    turns: [],
    lastEndedAt: createdAt,
    startedAt: null,
    payers: { workspaceId, agentId, actorId: startedBy.id },
    costMicros: 0,
    depth: 0,
    humanMs: 0,
    spans: new Map(),
    open: new Map(),
  };
}

/** @throws Invalid for a variable the spec does not declare, one that is not of its type, and one that is missing. */
export function requireDeclared(spec: AgentSpec, variables: Record<string, string>): void {
  for (const variable of spec.variables) {
    const { name, required, default: otherwise } = variable;
    const value = variables[name] ?? '';
    const isMissing = required && !(value || otherwise).trim();
    const problem = isMissing ? 'given' : value && unfitReason(variable, value);
    if (!problem) continue;
    throw new Invalid(`The variable ${name} must be ${problem}.`, { fields: { [`variables.${name}`]: problem } });
  }
  const unknown = Object.keys(variables).find((name) => !spec.variables.some((variable) => variable.name === name));
  if (unknown === undefined) return;
  const known = spec.variables.map(({ name }) => name).join(', ') || 'none';
  throw new Invalid(`The agent has no variable ${unknown}. It has: ${known}.`, {
    fields: { [`variables.${unknown}`]: 'unknown' },
  });
}

async function requireConversation(tx: TenantContext, conversationId: string, agentId: string): Promise<void> {
  const other = await queries.findConversationAgent(tx, conversationId);
  if (other === undefined) throw new NotFound('conversation');
  if (other !== agentId) throw new Invalid('This conversation is with another agent. Begin a new one.');
}

export async function listRuns(ctx: OrgContext, input: ListRunsInput): Promise<PageOf<RunSummary>> {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, (tx) => lists.selectRuns(tx, input));
}

export async function countNewRuns(ctx: OrgContext, input: CountNewRunsInput): Promise<{ count: number }> {
  requirePermission(ctx, 'runs:read');
  return { count: await withTenant(ctx, (tx) => lists.countNewRuns(tx, input)) };
}

/** @throws NotFound */
export async function getRun(ctx: OrgContext, { runId }: RunRef): Promise<Run> {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, async (tx) => {
    const summary = await summaries.getRunSummary(tx, runId);
    const { input, output, variables, guarded, spec } = await queries.getRunPayload(tx, runId);
    const spans = await queries.selectSpans(tx, runId);
    const approvals = await selectApprovals(tx, runId);
    const guardrails = { guarded: guarded ?? [], holdsBack: holdsBackOutput(spec) };
    return { ...summary, input, output, variables, ...guardrails, spans, approvals };
  });
}

/** @throws NotFound */
export async function getRunSummary(ctx: OrgContext, runId: string): Promise<RunSummary> {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, (tx) => summaries.getRunSummary(tx, runId));
}

/** A run and what it answered, without its spans. @throws NotFound */
export async function getRunResult(
  ctx: OrgContext,
  { runId }: RunRef,
): Promise<RunSummary & { output: string | null }> {
  requirePermission(ctx, 'runs:read');
  return summaries.getRunResult(ctx, runId);
}

/** Exactly what went into a span and came out of it. @throws NotFound */
export async function getSpan(ctx: OrgContext, { runId, seq }: SpanRef): Promise<SpanPayload> {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, async (tx) => {
    const span = await queries.getSpan(tx, runId, seq);
    if (span.kind !== 'model') return span.payload;
    const run = await summaries.getRunSummary(tx, runId);
    const payload = await queries.getRunPayload(tx, runId);
    const history = await queries.selectHistory(tx, run);
    const before = (await queries.selectResults(tx, runId)).filter((result) => result.seq < seq);
    const toolbox = await openToolbox(tx, payload.spec.tools);
    const input = modelInput({ ...payload, history, toolbox }, toTurns(before));
    // Kept with the span is only why this model was asked.
    const kept = span.payload.input as { routing?: JsonValue } | null;
    return { input: { ...(input as unknown as object), ...kept } as JsonValue, output: span.payload.output };
  });
}

/** Ends a run now: its record at once, and calls of providers under way in any process. */
export async function cancelRun(ctx: OrgContext, { runId }: RunRef): Promise<RunSummary> {
  requirePermission(ctx, 'runs:cancel');
  const cancelled = await withTenant(ctx, async (tx) => {
    const run = await summaries.getRunSummary(tx, runId);
    if (isEnded(run.status)) throw new PreconditionFailed(`This run is ${run.status} already.`);
    await endRun(tx, runId, { status: 'cancelled' });
    await recordAudit(tx, { action: 'run.cancel', resourceType: 'run', resourceId: runId });
    await stopWaiting(tx, runId);
    return summaries.getRunSummary(tx, runId);
  });
  abortRun(runId);
  return cancelled;
}

/** Ends the runs under way that somebody started who may not go on. Their calls of providers end after the commit. */
export async function endRunsOf(tx: TenantContext, actorId: string): Promise<void> {
  for (const runId of await queries.selectUnderWay(tx, actorId)) {
    if (!(await endRun(tx, runId, { status: 'cancelled' }))) continue;
    await stopWaiting(tx, runId);
    tx.afterCommit(() => abortRun(runId));
  }
}

/** The last 24 hours, what waits for a person, and what ran last. */
export async function overview(ctx: OrgContext): Promise<RunOverview> {
  requirePermission(ctx, 'runs:read');
  const page = (status: RunSummary['status'][], limit: number): ListRunsInput => ({
    status,
    trigger: [],
    query: '',
    limit,
  });
  return withTenant(ctx, async (tx) => {
    const numbers = await lists.selectOverview(tx);
    const waiting = await lists.selectRuns(tx, page(['waiting'], 10));
    const recent = await lists.selectRuns(tx, page([], 10));
    return { ...numbers, waiting: waiting.items, recent: recent.items };
  });
}

export { bumpRevision } from './transition';
