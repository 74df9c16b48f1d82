import { runCancelled } from '@/inngest/events';
import type { FrozenSpec } from '@/lib/contracts/agents';
import { type Permission, ROLE_PERMISSIONS, VISITOR_PERMISSIONS } from '@/lib/permissions';
import { livePermissions } from '../api-keys/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { NotFound } from '../errors';
import type { Payers } from '../ledger/service';
import { log } from '../log';
import { enqueueEvent } from '../outbox';
import { openToolbox } from '../tools/toolbox';
import { abortRun } from './live';
import * as queries from './queries';
import { closeSpan, endRun } from './records';
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
export interface Execution {
  ctx: TenantContext;
  start: RunStart;
  spec: FrozenSpec;
  turns: Turn[];
  /** When the newest finished step ended; when there is none, when the run was queued. */
  lastEndedAt: Date;
  startedAt: Date | null;
  /** Whose budgets it is in. */
  payers: Payers;
  /** What its own calls have cost so far, in micro-dollars. */
  costMicros: number;
  /** How many runs are above it. */
  depth: number;
  /** Milliseconds in which people were waited for. */
  humanMs: number;
  /** Finished steps. */
  spans: Map<string, { seq: number; endedAt: Date }>;
  /** Spans under way by step: of this attempt's predecessors, or of steps beside it. */
  open: Map<string, number>;
}

/**
 * One transaction of a step on its run, with the rights that whoever started it has now. A failure that nothing can
 * mend ends the run in it.
 * @param ahead what `work` needs whatever the run is: asked for in the round trip that reads it
 * @returns what `work` does; undefined when the run is over, before or by this.
 */
export const inRun = <T, A = undefined>(
  address: RunAddress,
  work: (execution: Execution, ahead: Promise<A>) => Promise<T>,
  ahead?: (tx: TenantContext) => Promise<A>,
): Promise<T | undefined> =>
  withTenant(jobContext(address), async (tx) => {
    try {
      const early = Promise.resolve(ahead?.(tx)) as Promise<A>;
      // Whoever needs it is told.
      early.catch(() => {});
      const execution = await openExecution(tx, address.runId);
      return execution && (await work(execution, early));
    } catch (error) {
      const reason = permanentFailure(error);
      if (!reason) throw error;
      await endRun(tx, address.runId, { status: 'failed', error: reason });
      await stopWaiting(tx, address.runId);
      return undefined;
    }
  });

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

async function openExecution(tx: TenantContext, runId: string): Promise<Execution | undefined> {
  const [run, rows] = await Promise.all([queries.findExecution(tx, runId), queries.selectResults(tx, runId)]);
  if (!run) throw new NotFound('run');
  if (run.status === 'completed' || run.status === 'failed' || run.status === 'cancelled') return undefined;
  const startedBy = { type: run.actorType, id: run.actorId };
  const ctx: TenantContext = {
    ...tx,
    actor: { type: 'run', id: runId, startedBy },
    permissions: await permissionsOf(tx, run),
  };
  requirePermission(ctx, 'runs:start');
  const history = await queries.selectHistory(ctx, run);
  const results = rows.filter(({ isOpen }) => !isOpen);
  const { spec, variables, input, workspaceId, agentId, actorId, isTainted } = run;
  const toolbox = await openToolbox(ctx, spec.tools);
  return {
    ctx,
    spec,
    payers: { workspaceId, agentId, actorId },
    costMicros: Number(run.costMicros),
    depth: run.depth,
    start: { spec, toolbox, variables, input, history, isTainted },
    turns: toTurns(results),
    lastEndedAt: results.at(-1)?.endedAt ?? new Date(run.createdAt),
    startedAt: run.startedAt === null ? null : new Date(run.startedAt),
    humanMs: waitedMs(rows.filter(({ kind }) => kind === 'human')),
    spans: new Map(results.map((row) => [row.stepKey, { seq: row.seq, endedAt: row.endedAt ?? row.startedAt }])),
    open: new Map(rows.filter(({ isOpen }) => isOpen).map((row) => [row.stepKey, row.seq])),
  };
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

type FoundExecution = NonNullable<Awaited<ReturnType<typeof queries.findExecution>>>;

/** What whoever started a run may do now. @throws Unauthorized for a key that is revoked or over. */
async function permissionsOf(tx: TenantContext, run: FoundExecution): Promise<readonly Permission[]> {
  if (run.actorType === 'link') return (await queries.isLinkOpen(tx, run.actorId)) ? VISITOR_PERMISSIONS : [];
  if (run.actorType === 'user') return run.role ? ROLE_PERMISSIONS[run.role] : [];
  if (!run.scopes) throw new NotFound('API key');
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return livePermissions({
    scopes: run.scopes,
    makerRole: run.role,
    expiresAt: instant(run.expiresAt),
    revokedAt: instant(run.revokedAt),
  });
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
