import { and, asc, eq, sql } from 'drizzle-orm';
import type { Row } from 'postgres';
import { runPayloads, runs, spanPayloads, spans } from '@/db/schema/runs';
import type { Statement } from '@/db/transaction';
import type { FrozenSpec } from '@/lib/contracts/agents';
import type { GuardFinding } from '@/lib/contracts/guardrails';
import type { JsonValue } from '@/lib/contracts/json';
import { modelLabel } from '@/lib/contracts/routing';
import type { ActorType, RunStatus, RunTrigger, Span, SpanKind, SpanPayload } from '@/lib/contracts/runs';
import type { Role } from '@/lib/permissions';
import type { OrgContext, TenantContext } from '../context';
import { NotFound } from '../errors';

const ownRun = (ctx: TenantContext, runId: string) =>
  and(eq(runPayloads.orgId, ctx.org.id), eq(runPayloads.runId, runId));

/** @throws NotFound */
export async function getRunPayload(ctx: TenantContext, runId: string) {
  const [row] = await ctx.db.select().from(runPayloads).where(ownRun(ctx, runId));
  if (!row) throw new NotFound('run');
  return row;
}

export interface NewRun {
  id: string;
  workspaceId: string;
  agentId: string;
  version: number | null;
  conversationId: string;
  rerunOf?: string;
  resumedFrom?: string;
  /** Where the revisions of the run begin: at the last span it took over. */
  revision?: number;
  trigger: RunTrigger;
  spec: FrozenSpec;
  variables: Record<string, string>;
  input: string;
  inputPreview: string;
  /** What the guards found in what was asked. */
  guarded?: GuardFinding[];
  /** Whoever asks for it has read untrusted text. */
  isTainted?: boolean;
  /** The step of another run that waits for it. */
  parent?: { runId: string; stepKey: string; depth: number };
  /** The agents of the runs above it. */
  above?: string[];
}

/** Whose rights and budgets a run has that is started now. */
export function starterOf({ actor }: Pick<OrgContext, 'actor'>): { type: ActorType; id: string } {
  const { type, id } = actor.type === 'run' ? actor.startedBy : actor;
  return { type: type === 'system' ? 'user' : type, id };
}

/**
 * Writes a run and what belongs to it.
 * @returns when it was written; undefined when `condition` is false, or the conversation has a run under way: nothing is written.
 * @param last whether the transaction ends with it
 */
export async function insertRun(
  ctx: TenantContext,
  run: NewRun,
  parts: { condition: Statement<Row>; audit: Statement<Row>; event?: Statement<Row>; last: boolean },
): Promise<Date | undefined> {
  const { condition, audit, event, last } = parts;
  const by = starterOf(ctx);
  const written = ctx.sql<{ createdAt: string }[]>`
    with run as (
      insert into runs (org_id, id, workspace_id, agent_id, version, conversation_id, rerun_of, resumed_from, revision,
        trigger, model, actor_type, actor_id, input_preview, tainted_before,
        parent_run_id, parent_step_key, depth, above)
      select ${ctx.org.id}::uuid, ${run.id}::uuid, ${run.workspaceId}::uuid, ${run.agentId}::uuid, ${run.version}::int,
        ${run.conversationId}::uuid, ${run.rerunOf ?? null}::uuid, ${run.resumedFrom ?? null}, ${run.revision ?? 0}::int,
        ${run.trigger}, ${modelLabel(run.spec.model)}, ${by.type}, ${by.id}::uuid,
        ${run.inputPreview}, ${taintedBefore(ctx, run)},
        ${run.parent?.runId ?? null}::uuid, ${run.parent?.stepKey ?? null}::text, ${run.parent?.depth ?? 0}::int,
        ${above(ctx, run)}
      where ${condition}
      on conflict do nothing returning id, created_at
    ), audit as (${audit} from run)${event ? ctx.sql`, event as (${event} from run)` : ctx.sql``}
    , payload as (
      insert into run_payloads (org_id, run_id, spec, variables, input, guarded)
      select ${ctx.org.id}::uuid, id, ${JSON.stringify(run.spec)}::jsonb, ${JSON.stringify(run.variables)}::jsonb, ${run.input},
        ${run.guarded ? JSON.stringify(run.guarded) : null}::jsonb from run
    ) select created_at as "createdAt" from run`;
  const [row] = await (last ? ctx.last(written, run.id) : written);
  return row && new Date(row.createdAt);
}

/** What was read earlier in the conversation is in the context of what comes later. */
function taintedBefore({ sql, org }: TenantContext, { id, conversationId, rerunOf, isTainted = false }: NewRun) {
  if (rerunOf) {
    return sql`exists (select from runs b where b.org_id = ${org.id} and b.id = ${rerunOf}::uuid and b.tainted_before)`;
  }
  if (conversationId === id) return sql`${isTainted}::boolean`;
  return sql`exists (select from runs b where b.org_id = ${org.id} and b.conversation_id = ${conversationId}::uuid
    and (b.tainted_before or b.tainted_within))`;
}

/** What repeats a run, or goes on with a conversation, has its words. */
function above({ sql, org }: TenantContext, { id, conversationId, rerunOf, above }: NewRun) {
  const from = rerunOf ?? (conversationId === id ? undefined : conversationId);
  if (from === undefined) return sql`${above ?? null}::uuid[]`;
  return sql`(select b.above from runs b where b.org_id = ${org.id} and b.id = ${from}::uuid)`;
}

/** The agent a conversation is with; undefined when there is no such conversation. */
export async function findConversationAgent(ctx: TenantContext, conversationId: string): Promise<string | undefined> {
  const [row] = await ctx.db
    .select({ agentId: runs.agentId })
    .from(runs)
    .where(and(eq(runs.orgId, ctx.org.id), eq(runs.id, conversationId), eq(runs.conversationId, conversationId)));
  return row?.agentId;
}

/**
 * The last exchanges before a run of its conversation, oldest first. A re-run begins a conversation of its own, which has
 * the same past as the run it repeats.
 */
export async function selectHistory(
  ctx: TenantContext,
  run: { id: string; conversationId: string; rerunOf: string | null },
): Promise<{ input: string; output: string }[]> {
  if (run.id === run.conversationId && run.rerunOf === null) return [];
  const rows = await ctx.sql<{ input: string; output: string }[]>`
    with recursive part as (
      select ${run.conversationId}::uuid as conversation_id, ${run.id}::uuid as id, 0 as depth
      union all
      select source.conversation_id, source.id, part.depth + 1
      from part join runs first on first.org_id = ${ctx.org.id} and first.id = part.conversation_id
        join runs source on source.org_id = ${ctx.org.id} and source.id = first.rerun_of
      where part.depth < 100
    )
    select p.input, coalesce(p.output, '') as output
    from part join runs r on r.org_id = ${ctx.org.id} and r.conversation_id = part.conversation_id and r.id < part.id
      join run_payloads p on p.org_id = r.org_id and p.run_id = r.id
    where r.status = 'completed' order by part.depth, r.id desc limit 50`;
  return rows.toReversed();
}

/** What is told of a span. */
export const span = {
  seq: spans.seq,
  parentSeq: spans.parentSeq,
  kind: spans.kind,
  name: spans.name,
  status: spans.status,
  attempt: spans.attempt,
  stepKey: spans.stepKey,
  takenOver: spans.takenOver,
  revision: spans.revision,
  queuedAt: spans.queuedAt,
  startedAt: spans.startedAt,
  firstTokenAt: spans.firstTokenAt,
  endedAt: spans.endedAt,
  providerMs: spans.providerMs,
  inputTokens: spans.inputTokens,
  cachedTokens: spans.cachedTokens,
  outputTokens: spans.outputTokens,
  costMicros: spans.costMicros,
  finishReason: spans.finishReason,
  errorCode: spans.errorCode,
  errorMessage: spans.errorMessage,
};

/** The spans of a run in order. */
export const selectSpans = (ctx: TenantContext, runId: string): Promise<Span[]> =>
  ctx.db
    .select(span)
    .from(spans)
    .where(and(eq(spans.orgId, ctx.org.id), eq(spans.runId, runId)))
    .orderBy(asc(spans.seq));

/** The spans of a run with marks of what went into them and came out: equal marks, equal payloads. The id of a call is none. */
export const selectHashedSpans = (ctx: TenantContext, runId: string) =>
  ctx.db
    .select({
      ...span,
      inputHash: sql<string>`md5(coalesce(${spanPayloads.input}::text, ''))`,
      outputHash: sql<string>`md5(coalesce(case when ${spans.kind} = 'model' then jsonb_build_array(${spanPayloads.output}->'content',
        jsonb_path_query_array(${spanPayloads.output}, '$.toolCalls[*].name'),
        jsonb_path_query_array(${spanPayloads.output}, '$.toolCalls[*].input')) else ${spanPayloads.output} end::text, ''))`,
    })
    .from(spans)
    .innerJoin(spanPayloads, samePayload)
    .where(and(eq(spans.orgId, ctx.org.id), eq(spans.runId, runId)))
    .orderBy(asc(spans.seq));

/** One span with its payload. @throws NotFound */
export async function getSpan(
  ctx: TenantContext,
  runId: string,
  seq: number,
): Promise<Span & { payload: SpanPayload }> {
  const [row] = await ctx.db
    .select({ ...span, payload: { input: spanPayloads.input, output: spanPayloads.output } })
    .from(spans)
    .innerJoin(spanPayloads, samePayload)
    .where(and(eq(spans.orgId, ctx.org.id), eq(spans.runId, runId), eq(spans.seq, seq)));
  if (!row) throw new NotFound('span');
  return row;
}

const samePayload = and(
  eq(spanPayloads.orgId, spans.orgId),
  eq(spanPayloads.runId, spans.runId),
  eq(spanPayloads.seq, spans.seq),
);

/**
 * What the finished steps of a run gave, in order; and spans that are open. A tool's failure is a result as well: the model
 * reads it. An interrupted attempt left none.
 */
export async function selectResults(ctx: TenantContext, runId: string) {
  const rows = await ctx.sql<
    {
      seq: number;
      stepKey: string;
      kind: SpanKind;
      isOpen: boolean;
      startedAt: string;
      endedAt: string | null;
      output: JsonValue;
    }[]
  >`
    select s.seq, s.step_key as "stepKey", s.kind, s.status in ('running', 'waiting') as "isOpen", s.started_at as "startedAt",
      s.ended_at as "endedAt", p.output
    from spans s join span_payloads p on p.org_id = s.org_id and p.run_id = s.run_id and p.seq = s.seq
    where s.org_id = ${ctx.org.id} and s.run_id = ${runId}
      and (s.status in ('running', 'waiting', 'completed') or (s.kind = 'tool' and p.output is not null))
    order by s.seq`;
  return rows.map(({ startedAt, endedAt, ...row }) => ({
    ...row,
    startedAt: new Date(startedAt),
    endedAt: endedAt === null ? null : new Date(endedAt),
  }));
}

/** The run that a step of another waits for. */
export async function findChild(
  { sql, org }: TenantContext,
  runId: string,
  stepKey: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from runs where org_id = ${org.id} and parent_run_id = ${runId} and parent_step_key = ${stepKey}`;
  return row?.id;
}

/** The runs under way that a run has asked for, and those that they have. */
export async function selectDescendants({ sql, org }: TenantContext, runId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with recursive under as (
      select id, status from runs where org_id = ${org.id} and parent_run_id = ${runId}
      union all
      select r.id, r.status from under u join runs r on r.org_id = ${org.id} and r.parent_run_id = u.id
    )
    select id from under where status not in ('completed', 'failed', 'cancelled')`;
  return rows.map(({ id }) => id);
}

/** The agents of a run and of those above it. */
export async function selectLineage({ sql, org }: TenantContext, runId: string): Promise<string[]> {
  const rows = await sql<{ agentId: string }[]>`
    with recursive above as (
      select agent_id, parent_run_id from runs where org_id = ${org.id} and id = ${runId}
      union all
      select r.agent_id, r.parent_run_id from above a join runs r on r.org_id = ${org.id} and r.id = a.parent_run_id
    )
    select agent_id as "agentId" from above`;
  return rows.map(({ agentId }) => agentId);
}

/** Published agents of this name for a run that a person started: those of its workspace, else the organization's. */
export const selectAgentsNamed = (
  { sql, org }: TenantContext,
  workspaceId: string,
  { name, personId }: { name: string; personId: string | null },
) =>
  sql<{ id: string }[]>`
    with named as (
      select id, workspace_id = ${workspaceId} as here from agents
      where org_id = ${org.id} and name = ${name} and status = 'active'
        and (workspace_id = ${workspaceId} or visibility = 'organization')
        and (visibility <> 'private' or owner_id = ${personId}::uuid)
    )
    select id from named where here or not exists (select from named where here) limit 10`;

/** True when text from outside may be in what a run answered. */
export async function wasTainted({ sql, org }: TenantContext, runId: string): Promise<boolean> {
  const [row] = await sql<{ is: boolean }[]>`
    select tainted_before or tainted_within as is from runs where org_id = ${org.id} and id = ${runId}`;
  return row?.is ?? true;
}

/** The runs under way that somebody started. */
export async function selectUnderWay({ sql, org }: TenantContext, actorId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from runs where org_id = ${org.id} and status in ('queued', 'running', 'waiting') and actor_id = ${actorId}`;
  return rows.map(({ id }) => id);
}

export async function findRunStatus(ctx: TenantContext, runId: string): Promise<RunStatus | undefined> {
  const [row] = await ctx.db
    .select({ status: runs.status })
    .from(runs)
    .where(and(eq(runs.orgId, ctx.org.id), eq(runs.id, runId)));
  return row?.status;
}

/** What a step has to know of its run before it works: whether it goes on, from what it started, and who started it. */
export async function findExecution(ctx: TenantContext, runId: string) {
  const [row] = await ctx.sql<
    {
      id: string;
      status: RunStatus;
      conversationId: string;
      rerunOf: string | null;
      workspaceId: string;
      agentId: string;
      actorType: ActorType;
      actorId: string;
      createdAt: string;
      startedAt: string | null;
      revision: number;
      spec: FrozenSpec;
      variables: Record<string, string>;
      input: string;
      isTainted: boolean;
      costMicros: string;
      depth: number;
      /** Of who started it, or who made the key that did; null for somebody who is no member any more. */
      role: Role | null;
      scopes: string[] | null;
      expiresAt: string | null;
      revokedAt: string | null;
    }[]
  >`
    select r.id, r.status, r.conversation_id as "conversationId", r.rerun_of as "rerunOf", r.workspace_id as "workspaceId",
      r.agent_id as "agentId", r.actor_type as "actorType", r.actor_id as "actorId",
      r.created_at as "createdAt", r.started_at as "startedAt", r.revision, p.spec, p.variables, p.input, r.tainted_before as "isTainted",
      r.cost_micros as "costMicros", r.depth, m.role, k.scopes,
      k.expires_at as "expiresAt", k.revoked_at as "revokedAt"
    from runs r join run_payloads p on p.org_id = r.org_id and p.run_id = r.id
    left join api_keys k on r.actor_type = 'apiKey' and k.org_id = r.org_id and k.id = r.actor_id
    left join memberships m on m.org_id = r.org_id and m.user_id = coalesce(k.created_by, r.actor_id)
    where r.org_id = ${ctx.org.id} and r.id = ${runId}`;
  return row;
}
