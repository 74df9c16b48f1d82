import { inMs, lease, list } from './sql-lists';

/**
 * Jobs somebody executes. Owners are UUIDs; without statistics the planner takes a range for a few rows, and so uses the
 * index of them, while it would read the whole table for `is not null`.
 */
const OWNED = "owner between '0' and 'g'";

const CLAIMED = `run_id, key, fn_id, kind, step_id, payload, attempt, failures, generation`;

/** $1 owner, $2 lease in ms, $3 functions, $4 how many → jobs that wait for no slot, in the order of the queue. */
export const CLAIM = `
with due as (
  select run_id, key from runner.job
  where owner is null and rank <= now() + interval '600 seconds' and run_at <= now() and slots is null
    and fn_id = any($3::text[])
  order by rank limit $4::int for update skip locked
)
update runner.job j set owner = $1::text, generation = nextval('runner.generation'), lease_until = ${lease(2)}
from due d where j.run_id = d.run_id and j.key = d.key
returning ${CLAIMED.replaceAll(/(\w+)/g, 'j.$1')}`;

/**
 * The same for jobs with slots, as many as their limits allow beside the calls that are executing. Two at once would
 * count the same free slot: callers hold SLOTS_LOCK. Every row also tells whether more are due than could be claimed;
 * when nothing was claimed there is one row with nothing else.
 */
export const CLAIM_LIMITED = `
with busy as materialized (
  select s.slot, count(*) as running from runner.job j cross join lateral unnest(j.slots) as s(slot)
  where j.${OWNED} group by s.slot
), due as materialized (
  select j.run_id, j.key, j.slots, j.slot_limits, j.rank from runner.job j
  where j.owner is null and j.rank <= now() + interval '600 seconds' and j.run_at <= now() and j.slots is not null
    and j.fn_id = any($3::text[]) and not exists (
      select from unnest(j.slots, j.slot_limits) as s(slot, most) join busy b on b.slot = s.slot where b.running >= s.most)
  order by j.rank limit 200
), placed as (
  select d.run_id, d.key, d.rank, s.most, coalesce(b.running, 0) + row_number() over (partition by s.slot order by d.rank, d.run_id, d.key) as place
  from due d cross join lateral unnest(d.slots, d.slot_limits) as s(slot, most) left join busy b on b.slot = s.slot
), chosen as materialized (
  select run_id, key from placed group by run_id, key, rank having bool_and(place <= most) order by rank limit $4::int
), free as materialized (
  select l.run_id, l.key from chosen c cross join lateral (
    select j.run_id, j.key from runner.job j
    where j.run_id = c.run_id and j.key = c.key and j.owner is null for update skip locked
  ) l
), claimed as (
  update runner.job j set owner = $1::text, generation = nextval('runner.generation'), lease_until = ${lease(2)}
  from free f where j.run_id = f.run_id and j.key = f.key
  returning ${CLAIMED.replaceAll(/(\w+)/g, 'j.$1')}
), more as (
  select count(*) > (select count(*) from claimed) as more from (
    select from runner.job where owner is null and rank <= now() + interval '600 seconds' and run_at <= now()
      and slots is not null and fn_id = any($3::text[]) limit $4::int + 1
  ) waiting
)
select c.*, m.more from more m left join claimed c on true`;

/** Held until the end of the transaction that claims slots. */
export const SLOTS_LOCK = 'select pg_advisory_xact_lock(7238114502)';

/** $1 runs `{id}` → what a call sends, read after its claim is committed: nobody else may write the run's main line then. */
export const LOAD_RUNS = `
select r.id, r.fn_id, r.version, r.pending, r.waiting, r.done_count, r.state_bytes, r.parent_run_id, r.parent_step_id, e.payload as event
from ${list(1, 'id text')} k join runner.run r on r.id = k.id join runner.event e on e.id = r.event_id
where r.ended_at is null`;

/** $1 runs `{id}` → memoised steps in the order of their completion. */
export const LOAD_STEPS = `
select s.run_id, s.id, s.failed, s.value from ${list(1, 'id text')} k join runner.step s on s.run_id = k.id
where s.done order by s.run_id, s.seq, s.id`;

/** The milliseconds until the next job that is not due yet. */
export const NEXT_DUE = `
select (extract(epoch from (min(rank) - now())) * 1000)::float8 as ms from runner.job where owner is null and run_at > now()`;

/** $1 generations, $2 lease in ms: only jobs whose lease this process still has; locked ones are being written anyway. */
export const HEARTBEAT = `
with mine as (
  select run_id, key from runner.job where owner = $3::text and generation = any($1::bigint[]) for update skip locked
)
update runner.job j set lease_until = ${lease(2)} from mine m where j.run_id = m.run_id and j.key = m.key`;

const RELEASE = 'owner = null, generation = null, lease_until = null';

/** Frees jobs whose owner has died: their next claim takes a new generation, so that the old owner cannot write. */
export const REAP = `
with dead as (select run_id, key from runner.job where ${OWNED} and lease_until < now() for update skip locked)
update runner.job j set ${RELEASE} from dead d where j.run_id = d.run_id and j.key = d.key returning j.run_id`;

/** $1 owner; null frees every job, which is right at the start of the only process. */
export const RELEASE_ALL = `
with held as (
  select run_id, key from runner.job where ${OWNED} and ($1::text is null or owner = $1::text) for update skip locked
)
update runner.job j set ${RELEASE} from held h where j.run_id = h.run_id and j.key = h.key returning j.run_id`;

/** $1 events `{id, name, keys}` → waits each may end or runs it may cancel, with the event that had triggered the run. */
export const CANDIDATES = `
select x.id as event_id, w.run_id, w.key, w.kind, w.expression, e.payload as event, r.fn_id, r.parent_run_id, r.parent_step_id
from ${list(1, 'id text, name text, keys text[]')} x
join runner.wait w on w.event_name = x.name and (w.match_key is null or x.keys is null or w.match_key = any(x.keys))
join runner.run r on r.id = w.run_id join runner.event e on e.id = r.event_id
where r.ended_at is null and (w.expires_at is null or w.expires_at > now())
order by x.id, w.run_id`;

/** $1 run id, $2 key, $3 generation: a job whose run has ended. */
export const DROP_JOB = 'delete from runner.job where run_id = $1::text and key = $2::text and generation = $3::bigint';

export const MARK_ROUTED = 'update runner.event set routed = true where id = any($1::text[])';

/** Events that nobody has routed: their process ended, or they came before the functions were registered. $1 age in ms. */
export const UNROUTED = `
select id, name, payload from runner.event
where not routed and received_at <= now() - $1::float8 * interval '1 millisecond' order by id limit 200`;

export const COUNTS = `
select count(*) filter (where owner is null and kind = 'call' and run_at <= now())::int as queued,
  count(*) filter (where owner is not null and kind = 'call')::int as running,
  count(*) filter (where owner is null and run_at > now())::int as scheduled,
  coalesce(extract(epoch from now() - min(run_at) filter (where owner is null and kind = 'call' and run_at <= now())) * 1000, 0)::float8 as oldest_ms
from runner.job where kind <> 'cron'`;

/** $1 app id, $2 functions of its newest registration; those it no longer has are forgotten, their jobs are kept. */
export const REGISTER = `
with gone as (delete from runner.fn where app_id = $1::text and id <> all(select id from json_to_recordset($2::text::json) as x(id text)))
insert into runner.fn (id, app_id, config)
select id, $1::text, config from json_to_recordset($2::text::json) as x(id text, config text)
on conflict (id) do update set app_id = excluded.app_id, config = excluded.config, registered_at = now()`;

/** $1 functions of this process, $2 their cron lines `{run_id, key, fn_id, payload, delay_ms}`. */
export const SCHEDULE_CRONS = `
with wanted as materialized (
  select * from json_to_recordset($2::text::json) as x(run_id text, key text, fn_id text, payload text, delay_ms float8)
), gone as (
  delete from runner.job j where j.kind = 'cron' and j.fn_id = any($1::text[])
    and not exists (select from wanted w where w.run_id = j.run_id and w.key = j.key)
)
insert into runner.job (run_id, key, fn_id, kind, payload, run_at, rank)
select run_id, key, fn_id, 'cron', payload, ${inMs('delay_ms')}, ${inMs('delay_ms')} from wanted
on conflict do nothing`;

/** $1 run id, $2 key, $3 generation, $4 delay in ms, $5 the tick that comes then. */
export const RESCHEDULE_CRON = `
update runner.job set owner = null, generation = null, lease_until = null, payload = $5::text,
  run_at = ${inMs('$4::float8')}, rank = ${inMs('$4::float8')}
where run_id = $1::text and key = $2::text and generation = $3::bigint`;

/** Ids of events and idempotency keys of runs count for 24 hours. */
export const EXPIRE_KEYS = `
with old_event as (
  update runner.event set dedupe_key = null where dedupe_key is not null and received_at < now() - interval '24 hours'
)
update runner.run set idempotency_key = null where idempotency_key is not null and created_at < now() - interval '24 hours'`;

/** Tables of many short-lived rows that have grown large enough to be worth a vacuum. */
export const BLOATED = `
select relname from pg_class
where oid in ('runner.job'::regclass, 'runner.wait'::regclass, 'runner.run'::regclass, 'runner.event'::regclass)
  and pg_relation_size(oid) > 1024 * 1024`;

/** An emptied table keeps its pages: plans made for no pages at all would read it as a whole for ever after. */
export const vacuum = (table: string) => `vacuum (truncate false) runner.${table}`;
