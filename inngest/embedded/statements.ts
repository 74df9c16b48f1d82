import { CHANNEL, inMs, iso, lease, list, NOTIFY } from './sql-lists';

/**
 * Jobs somebody executes. Owners begin as UUIDs do; without statistics the planner takes a range for a few rows, and so uses the
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

/** Jobs that wait for a slot, of functions $1, and are due. */
const WAITING = `owner is null and slots is not null and rank <= now() + interval '600 seconds' and run_at <= now() and fn_id = any($1::text[])`;

const BUSY = `
busy as materialized (
  select s.slot, count(*) as running from runner.job j cross join lateral unnest(j.slots) as s(slot)
  where j.${OWNED} group by s.slot
)`;

/**
 * Due jobs whose slots may be free: of every queue that somebody waits in (the same slots with the same limits) the first
 * few, so that it costs the same whether ten jobs of a key wait or ten thousand, and these hide no job of another. The
 * walk over the queues begins behind $3 and $4 and takes 300 of them: all but always that is all.
 *
 * $1 functions, $2 how many, $3 slots and $4 limits → jobs; and where a walk has ended early, its last queue without a job.
 */
export const SLOT_CANDIDATES = `
with recursive ${BUSY}, walk(slots, limits, n) as (
  (select slots, slot_limits, 1 from runner.job
   where owner is null and slots is not null and (slots, slot_limits) > ($3::text[], $4::int[])
   order by slots, slot_limits limit 1)
  union all
  select next.slots, next.slot_limits, w.n + 1 from walk w cross join lateral (
    select slots, slot_limits from runner.job
    where owner is null and slots is not null and (slots, slot_limits) > (w.slots, w.limits)
    order by slots, slot_limits limit 1) next
  where w.n < 300
), found as (
  select j.run_id, j.key, j.slots, j.rank from walk w
  cross join lateral (
    select min(s.most - coalesce(b.running, 0)) as free
    from unnest(w.slots, w.limits) as s(slot, most) left join busy b on b.slot = s.slot) f
  cross join lateral (
    select run_id, key, slots, rank from runner.job where slots = w.slots and slot_limits = w.limits and ${WAITING}
    order by rank limit least($2::int, greatest(0, f.free))) j
)
(select run_id, key, slots, null::int[] as limits from found order by rank limit 200)
union all (select null, null, slots, limits from walk where n = 300)`;

/**
 * Claims such candidates as far as their slots allow beside the calls that are executing. Two at once would count the
 * same free slot: callers hold SLOTS_LOCK. $1 owner, $2 lease in ms, $3 jobs `{run_id, key}`, $4 how many.
 */
export const CLAIM_SLOTS = `
with ${BUSY}, due as materialized (
  select j.run_id, j.key, j.slots, j.slot_limits, j.rank, j.owner from ${list(3, 'run_id text, key text')} k
  join runner.job j on j.run_id = k.run_id and j.key = k.key
), placed as (
  select d.run_id, d.key, d.rank, s.most, coalesce(b.running, 0) + row_number() over (partition by s.slot order by d.rank, d.run_id, d.key) as place
  from due d cross join lateral unnest(d.slots, d.slot_limits) as s(slot, most) left join busy b on b.slot = s.slot
  where d.owner is null
), chosen as materialized (
  select run_id, key from placed group by run_id, key, rank having bool_and(place <= most) order by rank limit $4::int
), free as materialized (
  select l.run_id, l.key from chosen c cross join lateral (
    select j.run_id, j.key from runner.job j
    where j.run_id = c.run_id and j.key = c.key and j.owner is null for update skip locked
  ) l
)
update runner.job j set owner = $1::text, generation = nextval('runner.generation'), lease_until = ${lease(2)}
from free f where j.run_id = f.run_id and j.key = f.key
returning ${CLAIMED.replaceAll(/(\w+)/g, 'j.$1')}`;

/** One lock for each of the slots $1, held until the end of the transaction; always in the same order. */
export const SLOTS_LOCK = `
select pg_advisory_xact_lock(7238114, k.hash) from (
  select distinct hashtext(slot) as hash from unnest($1::text[]) as s(slot) order by 1) k`;

const BATCH = `(
    select json_agg(b.payload order by i.n)::text from unnest(r.event_ids) with ordinality as i(id, n)
    join runner.event b on b.id = i.id where i.n % 1 = 0)`;

/** $1 runs `{id}` → what a call sends, read after its claim is committed: nobody else may write the run's main line then. */
export const LOAD_RUNS = `
select r.id, r.fn_id, r.version, r.pending, r.waiting, r.done_count, r.state_bytes, r.parent_run_id, r.parent_step_id, e.payload as event,
  case when r.event_ids is not null then ${BATCH} end as events
from ${list(1, 'id text')} k join runner.run r on r.id = k.id join runner.event e on e.id = r.event_id
where r.ended_at is null`;

/** $1 runs `{id}` → memoised steps in the order of their completion. */
export const LOAD_STEPS = `
select s.run_id, s.id, s.failed, s.value from ${list(1, 'id text')} k join runner.step s on s.run_id = k.id
where s.done order by s.run_id, s.seq, s.id`;

/**
 * The milliseconds until the next job or batch is due; what is put off has no priority, so that its rank is its time. And
 * whether jobs with slots are due.
 */
export const NEXT_DUE = `
select (extract(epoch from least(
  (select min(rank) from runner.job where owner is null and slots is null and rank > now()),
  (select min(rank) from runner.job where owner is null and slots is not null and rank > now()),
  (select min(due_at) from runner.gather where due_at > now())
) - now()) * 1000)::float8 as ms, exists (
  select from runner.job where owner is null and slots is not null and rank <= now() + interval '600 seconds' and run_at <= now()
) as limited`;

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

/** Who executes jobs. */
export const OWNERS = `select distinct owner from runner.job where ${OWNED}`;

/** $1 owner; null frees every job, which is right at the start of the only process. */
export const RELEASE_ALL = `
with held as (
  select run_id, key from runner.job where ${OWNED} and ($1::text is null or owner = $1::text) for update skip locked
)
update runner.job j set ${RELEASE} from held h where j.run_id = h.run_id and j.key = h.key returning j.run_id`;

/** Frees jobs of $2 whose calls are over and could not be committed. */
export const RELEASE_SOME = `
with held as (
  select run_id, key from runner.job where owner = $2::text and generation = any($1::bigint[]) for update skip locked
)
update runner.job j set ${RELEASE} from held h where j.run_id = h.run_id and j.key = h.key`;

/** $1 events `{id, name, keys}` → waits each may end or runs it may cancel, with the event that had triggered the run. */
export const CANDIDATES = `
select x.id as event_id, w.run_id, w.key, w.kind, w.expression, e.payload as event, r.fn_id, r.parent_run_id, r.parent_step_id
from ${list(1, 'id text, name text, keys text[]')} x
join runner.wait w on w.event_name = x.name and w.kind <> 'signal' and (w.match_key is null or x.keys is null or w.match_key = any(x.keys))
join runner.run r on r.id = w.run_id join runner.event e on e.id = r.event_id
where r.ended_at is null and (w.expires_at is null or w.expires_at > now())
order by x.id, w.run_id`;

/** $1 name → the run that waits for a signal. */
export const SIGNAL = `
select w.run_id, w.key from runner.wait w join runner.run r on r.id = w.run_id
where w.event_name = $1::text and w.kind = 'signal' and r.ended_at is null`;

/** $1 runs `{id}` → active runs that each of them replaces, being older. */
export const REPLACED = `
select distinct on (r.id) r.id, r.fn_id, r.parent_run_id, r.parent_step_id, e.payload as event
from ${list(1, 'id text')} k join runner.run n on n.id = k.id
join runner.run r on r.fn_id = n.fn_id and r.singleton_key = n.singleton_key and r.ended_at is null
join runner.event e on e.id = r.event_id
where not n.singleton_skips and (r.created_at, r.id) < (n.created_at, n.id)`;

/** $1 run id, $2 delay in ms: the time to finish begins with the first call. */
export const ARM_FINISH = `
insert into runner.job (run_id, key, fn_id, kind, run_at, rank)
select id, 'timeout:finish', fn_id, 'timeout', ${inMs('$2::float8')}, ${inMs('$2::float8')} from runner.run
where id = $1::text and ended_at is null on conflict do nothing`;

/** $1 run id, in this order: whoever commits after the first is told; who has committed before it is seen by the second. */
export const SET_OVERDUE = 'update runner.run set overdue = true where id = $1::text and ended_at is null';
export const IS_EXECUTING = `
select exists (select from runner.job where run_id = $1::text and owner is not null and kind in ('call', 'fetch')) as executing`;

/** $1 run id → whether no call of it has ever been made. */
export const HAS_NOT_BEGUN = `
select r.version = -1 and exists (
  select from runner.job j where j.run_id = r.id and j.key = 'main' and j.owner is null and j.attempt = 0 and j.failures = 0
) as waiting from runner.run r where r.id = $1::text`;

/** $1 functions, $2 how many → debounces and batches that are due; in a transaction with the runs they start. */
export const DUE_GATHERS = `
select fn_id, key, event_ids, size from runner.gather where due_at <= now() and fn_id = any($1::text[])
order by due_at limit $2::int for update skip locked`;
export const LOAD_EVENTS = `
select e.id, e.name, e.payload from ${list(1, 'id text')} k join runner.event e on e.id = k.id`;
/** $1 `{fn_id, key, event_ids, bytes, delay_ms}`: what is left of each; those with nothing left are gone. */
export const KEEP_GATHERS = `
with x as materialized ${list(1, 'fn_id text, key text, event_ids text[], bytes bigint, delay_ms float8')},
gone as (
  delete from runner.gather g using x where g.fn_id = x.fn_id and g.key = x.key and cardinality(x.event_ids) = 0
)
update runner.gather g set event_ids = x.event_ids, bytes = x.bytes, due_at = ${inMs('x.delay_ms')}
from x where g.fn_id = x.fn_id and g.key = x.key and cardinality(x.event_ids) > 0`;

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

/**
 * $1 function, $2 its limits now, $3 id of the last run seen → the last of the next thousand active runs that have others,
 * and that many are changed with the calls that wait. A call that executes takes the limits of its run when it goes back.
 */
export const CHANGE_LIMITS = `
with found as materialized (
  select id from runner.run
  where fn_id = $1::text and ended_at is null and id > $3::text
    and cardinality(slots) = cardinality($2::int[]) and slot_limits <> $2::int[]
  order by id limit 1000 for update
), ran as (update runner.run r set slot_limits = $2::int[] from found f where r.id = f.id),
free as materialized (
  select j.run_id, j.key from found f cross join lateral (
    select run_id, key from runner.job
    where run_id = f.id and slots is not null and owner is null for update skip locked
  ) j
), changed as (
  update runner.job j set slot_limits = $2::int[] from free f where j.run_id = f.run_id and j.key = f.key
)
select max(id) as last from found`;

/** Other processes learn of new functions at once: an event they do not know a function for starts no run. */
export const FUNCTIONS_NOTICE = 'functions';
export const TELL_DUE = `select ${NOTIFY}`;
export const TELL_FUNCTIONS = `select pg_notify('${CHANNEL}', '${FUNCTIONS_NOTICE}')::text`;

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
where oid = any(array['runner.job', 'runner.wait', 'runner.run', 'runner.event', 'runner.step', 'runner.limiter']::regclass[])
  and pg_relation_size(oid) > 1024 * 1024`;

/** An emptied table keeps its pages: plans made for no pages at all would read it as a whole for ever after. */
export const vacuum = (table: string) => `vacuum (truncate false) runner.${table}`;

const RECORD = `select r.id, r.fn_id, r.event_id, r.status, r.output, ${iso('r.created_at')} as started_at, ${iso('r.ended_at')} as ended_at`;

/** $1 run id. */
export const RUN_RECORD = `${RECORD} from runner.run r where r.id = $1::text`;

/** $1 event id → the runs it has started, of a batch if it is the first. */
export const EVENT_RUNS = `${RECORD} from runner.run r where r.event_id = $1::text order by r.id limit 1000`;

/** $1 event id → the batches it is in without being the first. */
export const EVENT_BATCHES = `
${RECORD} from runner.run r where r.event_ids is not null and r.event_ids @> array[$1::text] and r.event_id <> $1::text limit 1000`;

/** $1 id of an event, its own or the one its sender gave it. */
export const EVENT_RECORD = `
select id, payload, ${iso('received_at')} as received_at from runner.event where id = $1::text
union all select id, payload, ${iso('received_at')} from runner.event where dedupe_key = $1::text limit 1`;

/** $1 function, $2 begun after, $3 begun before, $4 id of the last one seen → its active runs, 500 at most. */
export const ACTIVE_RUNS = `
select r.id, e.payload as event from runner.run r join runner.event e on e.id = r.event_id
where r.fn_id = $1::text and r.ended_at is null and r.id > $4::text
  and ($2::timestamptz is null or r.created_at >= $2::timestamptz) and ($3::timestamptz is null or r.created_at < $3::timestamptz)
order by r.id limit 500`;

const OLD = (column: string) => `${column} < now() - $1::float8 * interval '1 day'`;

/** $1 days, $2 how many at most → runs that ended before, gone with their steps. */
export const PRUNE_RUNS = `
with old as materialized (
  select id from runner.run where ${OLD('ended_at')} order by ended_at limit $2::int for update skip locked
), steps as (delete from runner.step s using old o where s.run_id = o.id)
delete from runner.run r using old o where r.id = o.id returning r.id`;

/**
 * $1 days, $2 how many at most → events received before that no run and no batch knows. One after the other is looked for, the
 * oldest first: asked whether there are none, the planner would join all events with all runs for a handful of them.
 */
export const PRUNE_EVENTS = `
with old as materialized (
  select e.id from runner.event e where ${OLD('e.received_at')} and e.routed
    and (select true from runner.run r where r.event_id = e.id limit 1) is null
    and (select true from runner.run r where r.event_ids is not null and r.event_ids @> array[e.id] limit 1) is null
    and not exists (select from runner.gather g where e.id = any(g.event_ids))
  order by e.received_at limit $2::int for update skip locked
)
delete from runner.event e using old o where e.id = o.id returning e.id`;

/** A limiter that is not ahead of its time is as if it were not there. */
export const PRUNE_LIMITERS = 'delete from runner.limiter where arrival_at < now()';
