import { LRUCache } from 'lru-cache';
import type { Sql } from '@/db/transaction';
import type { JsonValue } from '@/lib/contracts/json';
import type { RunStatus } from '@/lib/contracts/runs';
import { afterCommit, type OrgContext, type TenantContext } from '../context';
import { announceChange } from './live';
import type { RunResult } from './summaries';

/**
 * What the engine writes: each transition of a run one statement, money included, fenced by the run still being under
 * way, and told to who watches once it is committed.
 */
export const announce = (
  ctx: OrgContext | TenantContext,
  runId: string,
  status: RunStatus,
  result?: RunResult,
): Promise<void> =>
  afterCommit(ctx, () => announceChange(runId, { rests: status !== 'queued' && status !== 'running', result }));

// Said like this, no plan takes the small index of all runs under way to look for one of them: the primary key has it at once. For
// the same reason a run is named by its id wherever it is changed, not by that of the row that was locked: planned while there are
// few, a join of both would go through all runs of the organization for as long as that plan is kept.
const ACTIVE = `status not in ('completed', 'failed', 'cancelled')`;
export const isActive = (sql: Sql) => sql.unsafe(ACTIVE);
/**
 * Counts in its run `r` a span that begins (`by` 1) or ends (-1) and `was` running or waiting, an expression, and says what the run does
 * then. Counted, not looked up: other branches of the run write at the same time, and a statement sees of their spans what there
 * was when it began, of the run's row what there is once it has locked it.
 */
export const countOpen = (
  sql: Sql,
  { by = 0, was = `''`, end }: { by?: 1 | 0 | -1; was?: string; end?: RunStatus } = {},
) => {
  const now = (status: 'running' | 'waiting') =>
    `r.${status}_spans + case ${was} when '${status}' then ${by} else 0 end`;
  const next = end
    ? `'${end}'`
    : `case when ${now('waiting')} > 0 and ${now('running')} = 0 then 'waiting' else 'running' end`;
  return sql.unsafe(`running_spans = ${now('running')}, waiting_spans = ${now('waiting')},
        status = case when ${ACTIVE} then ${next} else status end`);
};
export const changedRun = (sql: Sql) => sql`l.status as before, run.status, l.agent_id as "agentId",
  l.conversation_id as "conversationId", l.created_at as "createdAt", run.error_code as "errorCode"`;
export const json = (value: JsonValue | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value);
export const previewOf = (text: string | null | undefined): string | null =>
  text == null ? null : text.slice(0, 280).replace(/\s+/g, ' ').trim().toWellFormed();

/**
 * Most runs are in no budget, and statements without are half as long; they find nothing of a run that is in one. Where that was
 * so a moment ago, it is looked for at once.
 */
export const inBudgetsLately = new LRUCache<string, true>({ max: 10_000, ttl: 60_000 });

/** Notes a change that is in no span, for who watches; locks the run. */
export async function bumpRevision(ctx: TenantContext, runId: string): Promise<void> {
  const [row] = await ctx.sql<{ status: RunStatus }[]>`
    update runs set revision = revision + 1 where org_id = ${ctx.org.id} and id = ${runId} returning status`;
  if (row) await announce(ctx, runId, row.status);
}
