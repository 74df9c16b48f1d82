import type { LedgerCheck, LedgerEntry, ListLedgerInput, Spend, SpendInput, Spent } from '@/lib/contracts/ledger';
import type { PageOf } from '@/lib/contracts/paging';
import type { TenantContext } from '../context';
import { Invalid } from '../errors';
import { toPage } from '../paging';

/** How many rows a table of the spend page has at most. */
const MOST_ROWS = 100;

/** Entries that tell what became of a call, of these days and what they are narrowed to. */
const chosen = ({ sql, org }: TenantContext, { from, to, workspaceId, agentId, actorId, item }: SpendInput) => sql`
  e.org_id = ${org.id} and e.kind <> 'reserve'
    and e.created_at >= ${from}::timestamp at time zone 'UTC'
    and e.created_at < (${to}::timestamp + interval '1 day') at time zone 'UTC'
    ${workspaceId ? sql`and e.workspace_id = ${workspaceId}` : sql``}
    ${agentId ? sql`and e.agent_id = ${agentId}` : sql``}
    ${actorId ? sql`and e.actor_id = ${actorId}` : sql``}
    ${item === undefined ? sql`` : sql`and e.item = ${item}`}`;

interface SpendRow extends Record<'cost' | 'estimated' | 'calls' | 'input' | 'output', string> {
  by: 'total' | 'day' | 'agent' | 'model' | 'user' | 'apiKey' | 'link' | 'workspace';
  day: string | null;
  id: string | null;
  name: string | null;
}

const toSpent = ({ cost, estimated, calls, input, output }: SpendRow): Spent => ({
  costMicros: Number(cost),
  estimatedMicros: Number(estimated),
  calls: Number(calls),
  inputTokens: Number(input),
  outputTokens: Number(output),
});

/** Every table of the spend page out of one look at the ledger: summed up by day and all of who and what, then each way. */
export async function selectSpend(tx: TenantContext, input: SpendInput): Promise<Spend> {
  const { sql, org } = tx;
  const rows = await sql<SpendRow[]>`
    with called as materialized (
      select date_trunc('day', e.created_at, 'UTC') as day, e.workspace_id, e.agent_id, e.actor_type, e.actor_id, e.item,
        sum(e.spent_micros) as cost, coalesce(sum(e.spent_micros) filter (where e.estimated), 0) as estimated,
        count(*) filter (where e.kind = 'settle') as calls, sum(e.input_tokens) as input, sum(e.output_tokens) as output
      from ledger_entries e where ${chosen(tx, input)}
      group by 1, 2, 3, 4, 5, 6
    ), summed as (
      select case grouping(day, workspace_id, agent_id, item, actor_id)
          when 15 then 'day' when 23 then 'workspace' when 27 then 'agent' when 29 then 'model' when 30 then actor_type
          else 'total' end as by,
        day, coalesce(workspace_id, agent_id, actor_id) as id, item, coalesce(sum(cost), 0) as cost,
        coalesce(sum(estimated), 0) as estimated, coalesce(sum(calls), 0) as calls, coalesce(sum(input), 0) as input,
        coalesce(sum(output), 0) as output
      from called group by grouping sets ((), (day), (workspace_id), (agent_id), (item), (actor_type, actor_id))
    ), ranked as (
      select *, row_number() over (partition by by order by cost desc, calls desc, id, item) as rank from summed
    )
    select s.by, to_char(s.day at time zone 'UTC', 'YYYY-MM-DD') as day, coalesce(s.id::text, s.item) as id,
      coalesce(w.name, a.name, u.name, k.name, la.name, s.item) as name, s.cost, s.estimated, s.calls, s.input, s.output
    from ranked s
      left join workspaces w on s.by = 'workspace' and w.org_id = ${org.id} and w.id = s.id
      left join agents a on s.by = 'agent' and a.org_id = ${org.id} and a.id = s.id
      left join users u on s.by = 'user' and u.id = s.id
      left join api_keys k on s.by = 'apiKey' and k.org_id = ${org.id} and k.id = s.id
      left join public_links l on s.by = 'link' and l.org_id = ${org.id} and l.id = s.id
      left join agents la on la.org_id = l.org_id and la.id = l.agent_id
    where s.by = 'day' or s.rank <= ${MOST_ROWS}
    order by s.day, s.rank`;
  const of = (by: SpendRow['by']) => rows.filter((row) => row.by === by);
  const list = (by: SpendRow['by']) => of(by).map((row) => ({ id: row.id ?? '', name: row.name, ...toSpent(row) }));
  const [total] = of('total');
  if (!total) throw new Error('a sum has no row');
  return {
    total: toSpent(total),
    days: of('day').map((row) => ({ day: row.day ?? '', ...toSpent(row) })),
    agents: list('agent'),
    models: list('model'),
    members: list('user'),
    apiKeys: list('apiKey'),
    publicLinks: list('link'),
    workspaces: list('workspace'),
  };
}

const CURSOR = /^(\d{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\d{1,9})_(settle|release)$/i;

/** @throws Invalid for a cursor that is none of ours. */
function readCursor(cursor: string): { time: string; runId: string; seq: number; kind: string } {
  const [, millis, runId, seq, kind] = CURSOR.exec(cursor) ?? [];
  if (millis && runId && seq && kind && Number(millis) < 8.64e15) {
    return { time: new Date(Number(millis)).toISOString(), runId, seq: Number(seq), kind };
  }
  throw new Invalid('The cursor is not one of ours: pass `nextCursor` of the page before, unchanged.', {
    fields: { cursor: 'not a cursor' },
  });
}

type EntryRow = Omit<LedgerEntry, 'costMicros' | 'reservedMicros' | 'createdAt'> &
  Record<'cost' | 'reserved' | 'created', string>;

export async function selectLedger(tx: TenantContext, input: ListLedgerInput): Promise<PageOf<LedgerEntry>> {
  const { sql, org } = tx;
  const after = input.cursor === undefined ? undefined : readCursor(input.cursor);
  const rows = await sql<EntryRow[]>`
    select e.run_id as "runId", e.seq, e.kind, e.item, e.spent_micros as cost, -e.reserved_micros as reserved, e.estimated,
      e.input_tokens as "inputTokens", e.cached_tokens as "cachedTokens", e.output_tokens as "outputTokens",
      e.workspace_id as "workspaceId", w.name as "workspaceName", e.agent_id as "agentId", a.name as "agentName",
      e.actor_type as "actorType", e.actor_id as "actorId", coalesce(u.name, k.name, case e.actor_type when 'link' then 'Public link' end) as "actorName", e.created_at as created
    from ledger_entries e
      left join workspaces w on w.org_id = ${org.id} and w.id = e.workspace_id
      left join agents a on a.org_id = ${org.id} and a.id = e.agent_id
      left join users u on e.actor_type = 'user' and u.id = e.actor_id
      left join api_keys k on e.actor_type = 'apiKey' and k.org_id = ${org.id} and k.id = e.actor_id
    where ${chosen(tx, input)} ${
      after
        ? sql`and (e.created_at, e.run_id, e.seq, e.kind)
          < (${after.time}::timestamptz, ${after.runId}::uuid, ${after.seq}::int, ${after.kind}::text)`
        : sql``
    }
    order by e.created_at desc, e.run_id desc, e.seq desc, e.kind desc limit ${input.limit + 1}`;
  const entries = rows.map(({ cost, reserved, created, ...row }) => ({
    ...row,
    costMicros: Number(cost),
    reservedMicros: Number(reserved),
    createdAt: new Date(created),
  }));
  return toPage(entries, input.limit, (entry) =>
    [entry.createdAt.getTime(), entry.runId, entry.seq, entry.kind].join('_'),
  );
}

export async function findCheck({ sql, org }: TenantContext): Promise<LedgerCheck | undefined> {
  const [row] = await sql<(Omit<LedgerCheck, 'checkedAt' | 'wholeAt'> & { checked: string; whole: string | null })[]>`
    select checked_at as checked, whole_at as whole, runs, budgets, released, differing, differences
    from ledger_checks where org_id = ${org.id}`;
  if (!row) return undefined;
  const { checked, whole, ...rest } = row;
  return { ...rest, checkedAt: new Date(checked), wholeAt: whole === null ? null : new Date(whole) };
}
