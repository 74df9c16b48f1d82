import { iso, list } from './sql-lists';

/** What the operator asks: seldom, by few, so that each may look at more than one row. */

const LAST_DAY = "ended_at > now() - interval '24 hours' and status = 'failed'";

export const FUNCTION_COUNTS = `
select fn_id, sum(queued)::int as queued, sum(running)::int as running, sum(failed)::int as failed from (
  select fn_id, count(*) filter (where owner is null and run_at <= now()) as queued, count(*) filter (where owner is not null) as running, 0 as failed
  from runner.job where kind = 'call' group by fn_id
  union all select fn_id, 0, 0, count(*) from runner.run where ${LAST_DAY} group by fn_id
) c group by fn_id`;

/** $1 milliseconds: whether an app has registered on this database since. */
export const REGISTERED_SINCE = `
select exists (select from runner.fn where registered_at > now() - $1::float8 * interval '1 millisecond') as known`;

/** What a run is doing, and the error of its last failed attempt or of itself. */
const RUN = `
select r.id, r.fn_id, r.event_id, r.parent_run_id, r.done_count, e.name as event_name,
  ${iso('r.created_at')} as created_at, ${iso('r.ended_at')} as ended_at,
  case when r.status <> 'active' then r.status when j.running then 'running' when j.queued then 'queued' else 'waiting' end as status,
  j.attempt, ${iso('j.next_at')} as next_at, coalesce(j.last_error, case when r.status = 'failed' then r.output::json ->> 'message' end) as last_error
from runner.run r left join runner.event e on e.id = r.event_id
left join lateral (
  select bool_or(owner is not null and kind in ('call', 'fetch')) as running,
    bool_or(owner is null and kind in ('call', 'fetch') and run_at <= now()) as queued,
    max(attempt) filter (where kind in ('call', 'fetch')) + 1 as attempt,
    min(run_at) filter (where run_at > now()) as next_at, max(last_error) as last_error
  from runner.job where run_id = r.id
) j on true`;

/** $1 status, $2 function, $3 id of the last run of the page before, $4 how many. */
export const OPERATOR_RUNS = `${RUN}
where ($1::text is null or r.status = $1::text) and ($2::text is null or r.fn_id = $2::text) and ($3::text is null or r.id < $3::text)
order by r.id desc limit $4::int`;

/** $1 run. */
export const OPERATOR_RUN = `${RUN} where r.id = $1::text`;

/** $1 run. */
export const OPERATOR_STEPS = `
select id, name, op, done, failed, ${iso('created_at')} as created_at, ${iso('done_at')} as done_at
from runner.step where run_id = $1::text order by seq nulls last, created_at, id limit 1000`;

/** $1 run: how it failed. \`child\` is the run that its last failed step had invoked. */
export const FAILED_RUN = `
select r.id, r.fn_id, r.status, e.payload as event, s.id as step_id, c.id as child_id, c.status as child_status, c.output as child_output
from runner.run r join runner.event e on e.id = r.event_id
left join lateral (
  select id, op from runner.step where run_id = r.id and done and failed order by seq desc limit 1) s on true
left join runner.run c on s.op = 'InvokeFunction' and c.parent_run_id = r.id and c.parent_step_id = s.id
where r.id = $1::text`;

/**
 * $1 runs `{run_id, step_id, reopens, value}`, $2 waits of cancelOn: failed or cancelled runs become active again, without
 * the step that failed them and without steps that were still open. `reopens` waits for the run the step had invoked, and
 * `value` is that one's result where it has one by now. → runs that are active again.
 */
export const REVIVE = `
with x as materialized ${list(1, 'run_id text, step_id text, reopens boolean, value text')},
locked as materialized (
  select x.*, r.fn_id, r.priority, r.slots, r.slot_limits from x join runner.run r on r.id = x.run_id
  where r.status in ('failed', 'cancelled') for update of r
),
dropped as (
  delete from runner.step s using locked l where s.run_id = l.run_id
    and (not s.done or (s.id = l.step_id and not l.reopens and l.value is null)) returning s.run_id, s.id, s.done, s.value
),
changed as (
  update runner.step s set done = l.value is not null, failed = false, value = l.value, planned = true, waits = true,
    seq = case when l.value is not null then s.seq end, done_at = case when l.value is not null then now() end
  from locked l where s.run_id = l.run_id and s.id = l.step_id and s.done and (l.reopens or l.value is not null)
),
kept as (
  select l.run_id, count(s.id)::int as steps, coalesce(sum(octet_length(s.value)), 0) as bytes
  from locked l left join runner.step s on s.run_id = l.run_id and s.done
    and not (s.id is not distinct from l.step_id and l.value is null)
  group by l.run_id
),
revived as (
  update runner.run r set status = 'active', ended_at = null, output = null, overdue = false, pending = 0,
    waiting = l.reopens::int, done_count = k.steps, state_bytes = k.bytes
  from locked l join kept k on k.run_id = l.run_id where r.id = l.run_id returning r.id
),
called as (
  insert into runner.job (run_id, key, fn_id, kind, run_at, rank, slots, slot_limits)
  select l.run_id, 'main', l.fn_id, 'call', now(), now() - l.priority * interval '1 second', l.slots, l.slot_limits
  from locked l where not l.reopens on conflict do nothing
),
cancellable as (
  insert into runner.wait (run_id, key, kind, event_name, match_key, expression)
  select c.run_id, c.key, c.kind, c.event_name, c.match_key, c.expression
  from ${list(2, 'run_id text, key text, kind text, event_name text, match_key text, expression text')} c
  join locked l on l.run_id = c.run_id on conflict do nothing
)
select id from revived`;
