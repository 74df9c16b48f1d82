import { runCancelled } from '@/inngest/events';
import type { FrozenSpec } from '@/lib/contracts/agents';
import { isEnded } from '@/lib/contracts/runs';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { NotFound } from '../errors';
import { log } from '../log';
import { selectFacts } from '../models/service';
import { enqueueEvent } from '../outbox';
import { openToolbox } from '../tools/toolbox';
import { abortRun } from './live';
import { type KnownRun, recall, remember } from './memory';
import * as queries from './queries';
import { permissionsOf, stillGranted } from './rights';
import { type Condition, Outdated } from './span-begin';
import { closeSpan, type EndedSpan, endRun } from './span-end';
import { permanentFailure } from './stop-reason';
import { type AssistantMessage, modelStepKey, type RunStart, type Turn, toolStepKey } from './transcript';

/** A run as the event of a job names it. */
export interface RunAddress {
  orgId: string;
  runId: string;
}

/** The context of a job: it has no rights before it has read whose run it works for. */
export const jobContext = ({ orgId, runId }: RunAddress): OrgContext => ({
  org: { id: orgId, slug: '', name: 'this organization' },
  actor: { type: 'system', id: 'engine' },
  permissions: [],
  request: null,
  log: log.child({ org: orgId, run: runId }),
});

/** A run under way, as a step finds it. */
export interface Execution extends KnownRun {
  ctx: TenantContext;
  start: RunStart;
  spec: FrozenSpec;
  /** Whether what is known from before still holds; undefined when it was read for this step. */
  holds: Condition | undefined;
}

/**
 * One transaction of a step on its run, with the rights that whoever started it has now. A failure that nothing can
 * mend ends the run in it.
 * @returns what `work` does; undefined when the run is over, before or by this.
 */
export const inRun = <T>(
  address: RunAddress,
  work: (execution: Execution) => Promise<T>,
  known?: KnownRun,
): Promise<T | undefined> =>
  withTenant(jobContext(address), async (tx) => {
    try {
      const execution = await openExecution(tx, address.runId, known);
      return execution && (await work(execution));
    } catch (error) {
      const reason = permanentFailure(error);
      if (!reason) throw error;
      await endRun(tx, address.runId, { status: 'failed', error: reason });
      await stopWaiting(tx, address.runId);
      return undefined;
    }
  });

/**
 * `inRun` for a step that begins with its span, and that alone: when this process did the step before it, a moment ago, the run
 * is not read again.
 * @param turns how many there are when it begins: what is known of fewer, or of more, is of no use
 * @param work opens the span only while what it is given `holds`
 */
export async function inKnownRun<T>(
  address: RunAddress,
  turns: number,
  work: (execution: Execution) => Promise<T>,
): Promise<T | undefined> {
  const known = recall(address.runId);
  if (known?.turns.length !== turns) return inRun(address, work);
  try {
    return await inRun(address, work, known);
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    return inRun(address, work);
  }
}

/** Tells the job of a run that is over: another branch of it may wait for a person for days. Tasks it gave away end with it. */
export async function stopWaiting(tx: TenantContext, runId: string): Promise<void> {
  await enqueueEvent(tx, runCancelled.create({ orgId: tx.org.id, runId }));
  await endDescendants(tx, runId);
}

/** Ends the runs that a run, or one of those, has asked for. @returns which */
export async function endDescendants(tx: TenantContext, runId: string): Promise<string[]> {
  const under = await queries.selectDescendants(tx, runId);
  for (const id of under) {
    await endRun(tx, id, { status: 'cancelled' });
    await enqueueEvent(tx, runCancelled.create({ orgId: tx.org.id, runId: id }));
    tx.afterCommit(() => abortRun(id));
  }
  return under;
}

async function openExecution(
  tx: TenantContext,
  runId: string,
  known: KnownRun | undefined,
): Promise<Execution | undefined> {
  const run = known ?? (await readRun(tx, runId));
  if (!run) return undefined;
  const { startedBy, permissions, given } = run;
  const ctx: TenantContext = { ...tx, actor: { type: 'run', id: runId, startedBy }, permissions };
  requirePermission(ctx, 'runs:start');
  const { spec } = given;
  const start = { ...given, toolbox: await openToolbox(ctx, spec.tools) };
  return { ...run, ctx, start, spec, holds: known && holdsStill(tx.org.id, known) };
}

/** Nothing has happened in the run, and nobody lost a right. */
const holdsStill =
  (orgId: string, known: KnownRun): Condition =>
  (sql) =>
    sql`revision = ${known.revision} and ${stillGranted(sql, orgId, known)}`;

/** @returns undefined when the run is over. */
async function readRun(tx: TenantContext, runId: string): Promise<KnownRun | undefined> {
  const readAt = performance.now();
  const [run, rows, facts] = await Promise.all([
    queries.findExecution(tx, runId),
    queries.selectResults(tx, runId),
    selectFacts(tx),
  ]);
  if (!run) throw new NotFound('run');
  if (isEnded(run.status)) return undefined;
  const permissions = await permissionsOf(tx, run);
  const history = await queries.selectHistory(tx, run);
  const results = rows.filter(({ isOpen }) => !isOpen);
  const { spec, variables, input, workspaceId, agentId, actorType, actorId, isTainted, revision, depth } = run;
  return {
    readAt,
    revision,
    given: { spec, variables, input, history, isTainted },
    startedBy: { type: actorType, id: actorId },
    permissions,
    facts,
    payers: { workspaceId, agentId, actorId },
    costMicros: Number(run.costMicros),
    depth,
    turns: toTurns(results),
    lastEndedAt: results.at(-1)?.endedAt ?? new Date(run.createdAt),
    startedAt: run.startedAt === null ? null : new Date(run.startedAt),
    humanMs: waitedMs(rows.filter(({ kind }) => kind === 'human')),
    spans: new Map(results.map((row) => [row.stepKey, { seq: row.seq, endedAt: row.endedAt ?? row.startedAt }])),
    open: new Map(rows.filter(({ isOpen }) => isOpen).map((row) => [row.stepKey, row.seq])),
  };
}

/** Keeps for the next step what this one leaves, where nothing else has happened in the run since its beginning. */
export function endStep(
  execution: Execution,
  runId: string,
  { seq, stepKey, turns }: { seq: number; stepKey: string; turns: Turn[] },
  ended: EndedSpan | undefined,
): void {
  const { ctx: _, start: __, spec: ___, holds: ____, ...known } = execution;
  if (!ended || known.open.size > 0 || seq !== known.revision + 1 || ended.revision > seq + 1) return;
  const { revision, endedAt, startedAt, costMicros } = ended;
  remember(runId, {
    ...known,
    revision,
    turns,
    lastEndedAt: endedAt,
    startedAt: known.startedAt ?? startedAt,
    costMicros: known.costMicros + costMicros,
    spans: new Map(known.spans).set(stepKey, { seq, endedAt }),
  });
}

/** Milliseconds in which at least one person was waited for. */
function waitedMs(waits: readonly { startedAt: Date; endedAt: Date | null }[]): number {
  let until = 0;
  let total = 0;
  // They come in the order in which they began.
  for (const { startedAt, endedAt } of waits) {
    const end = endedAt?.getTime() ?? Date.now();
    total += Math.max(0, end - Math.max(until, startedAt.getTime()));
    until = Math.max(until, end);
  }
  return total;
}

/** Closes the span of an attempt that never ended: its process died. What was set aside for it is free again. */
export async function closeInterrupted({ ctx, open }: Execution, runId: string, stepKey: string): Promise<void> {
  const seq = open.get(stepKey);
  if (seq === undefined) return;
  const error = {
    code: 'interrupted',
    message: 'The server stopped during this attempt; the step was tried again.',
  } as const;
  await closeSpan(ctx, { runId, seq, status: 'failed', error });
}

type Result = Pick<Awaited<ReturnType<typeof queries.selectResults>>[number], 'stepKey' | 'output'>;

/** Puts finished steps back together as turns, by their keys. */
export function toTurns(results: readonly Result[]): Turn[] {
  const byKey = new Map(results.map((row) => [row.stepKey, row]));
  const turns: Turn[] = [];
  for (let turn = 0; ; turn += 1) {
    const row = byKey.get(modelStepKey(turn));
    if (!row) return turns;
    // Written by `closeSpan` from an AssistantMessage.
    const answer = row.output as unknown as AssistantMessage;
    const results = answer.toolCalls.flatMap((_, index) => {
      // A tool span's output is `{ output, isError }`, written by `closeSpan` as well.
      const result = byKey.get(toolStepKey(turn, index))?.output as unknown as Turn['results'][number] | undefined;
      return result ? [result] : [];
    });
    turns.push({ answer, results });
  }
}
