import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Row } from 'postgres';
import { agents } from '@/db/schema/agents';
import { apiKeys } from '@/db/schema/organizations';
import { runs } from '@/db/schema/runs';
import { users } from '@/db/schema/users';
import type { Sql, Statement } from '@/db/transaction';
import type { RunSummary } from '@/lib/contracts/runs';
import { type OrgContext, type TenantContext, tenantStatement } from '../context';
import { NotFound } from '../errors';

const summary = {
  id: runs.id,
  workspaceId: runs.workspaceId,
  agentId: runs.agentId,
  agentName: agents.name,
  version: runs.version,
  conversationId: runs.conversationId,
  rerunOf: runs.rerunOf,
  parentRunId: runs.parentRunId,
  resumedFrom: runs.resumedFrom,
  trigger: runs.trigger,
  status: runs.status,
  actorName: sql<
    string | null
  >`coalesce(${users.name}, ${apiKeys.name}, case ${runs.actorType} when 'link' then 'Public link' end)`,
  model: runs.model,
  inputPreview: runs.inputPreview,
  outputPreview: runs.outputPreview,
  errorCode: runs.errorCode,
  errorMessage: runs.errorMessage,
  revision: runs.revision,
  usage: { inputTokens: runs.inputTokens, cachedTokens: runs.cachedTokens, outputTokens: runs.outputTokens },
  costMicros: runs.costMicros,
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  endedAt: runs.endedAt,
};

export const selectSummaries = (ctx: TenantContext, where: SQL | undefined) =>
  ctx.db
    .select(summary)
    .from(runs)
    .innerJoin(agents, and(eq(agents.orgId, runs.orgId), eq(agents.id, runs.agentId)))
    .leftJoin(users, eq(users.id, runs.actorId))
    .leftJoin(apiKeys, and(eq(apiKeys.orgId, runs.orgId), eq(apiKeys.id, runs.actorId)))
    .where(and(eq(runs.orgId, ctx.org.id), where));

export type RunResult = RunSummary & { output: string | null };
type Instants = 'createdAt' | 'startedAt' | 'endedAt';
/** As `selectResult` gives it, as a row or as JSON. */
export type ResultRow = Omit<RunResult, Instants | 'usage' | 'costMicros'> &
  RunSummary['usage'] & { costMicros: string | number } & {
    [K in Instants]: string | Extract<RunSummary[K], null>;
  };

/** A run with what it answered, of `run r` and `answer p`: tables, or what a statement has just made of them. */
export const selectResult = (sql: Sql, run: Statement<Row>, answer: Statement<Row>) => sql<ResultRow[]>`
    select r.id, r.workspace_id as "workspaceId", r.agent_id as "agentId", a.name as "agentName", r.version,
      r.conversation_id as "conversationId", r.rerun_of as "rerunOf", r.parent_run_id as "parentRunId", r.resumed_from as "resumedFrom", r.trigger, r.status,
      coalesce(u.name, k.name, case r.actor_type when 'link' then 'Public link' end) as "actorName", r.model, r.input_preview as "inputPreview", r.output_preview as "outputPreview",
      r.error_code as "errorCode", r.error_message as "errorMessage", r.revision, r.input_tokens as "inputTokens",
      r.cached_tokens as "cachedTokens", r.output_tokens as "outputTokens", r.cost_micros as "costMicros",
      r.created_at as "createdAt", r.started_at as "startedAt", r.ended_at as "endedAt", p.output
    from ${run} r join ${answer} p on true
    join agents a on a.org_id = r.org_id and a.id = r.agent_id
    left join users u on u.id = r.actor_id
    left join api_keys k on k.org_id = r.org_id and k.id = r.actor_id`;

export function toResult(row: ResultRow): RunResult {
  const { inputTokens, cachedTokens, outputTokens, costMicros, createdAt, startedAt, endedAt, ...rest } = row;
  return {
    ...rest,
    usage: { inputTokens, cachedTokens, outputTokens },
    costMicros: Number(costMicros),
    createdAt: new Date(createdAt),
    startedAt: startedAt === null ? null : new Date(startedAt),
    endedAt: endedAt === null ? null : new Date(endedAt),
  };
}

/** In one round trip where it is not in a transaction. @throws NotFound */
export async function getRunResult(ctx: OrgContext | TenantContext, runId: string): Promise<RunResult> {
  const [row] = await tenantStatement<ResultRow>(
    ctx,
    (sql) => sql`${selectResult(sql, sql`runs`, sql`run_payloads`)}
    where r.org_id = ${ctx.org.id} and r.id = ${runId} and p.org_id = r.org_id and p.run_id = r.id`,
  );
  if (!row) throw new NotFound('run');
  return toResult(row);
}

/** @throws NotFound */
export async function getRunSummary(ctx: TenantContext, runId: string): Promise<RunSummary> {
  const row = await findRunSummary(ctx, runId);
  if (!row) throw new NotFound('run');
  return row;
}

export const findRunSummary = async (ctx: TenantContext, runId: string): Promise<RunSummary | undefined> =>
  (await selectSummaries(ctx, eq(runs.id, runId)))[0];

/** The newest runs that repeat this one. */
export const selectReruns = (ctx: TenantContext, runId: string): Promise<RunSummary[]> =>
  selectSummaries(ctx, eq(runs.rerunOf, runId)).orderBy(desc(runs.id)).limit(20);
