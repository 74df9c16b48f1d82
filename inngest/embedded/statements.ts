/**
 * Every statement of the runner. A transition of any number of runs is one statement, hence one transaction: it locks
 * the runs in the order of their ids, then checks the fences, then writes; whatever takes locks takes them in that
 * order, or skips what is locked. Lists arrive as JSON texts.
 *
 * `n % 1 = 0` is always true. The planner takes a JSON list for a hundred rows and would rather read whole tables than
 * look so many keys up; with this condition it expects one row, and uses the indexes however small the tables are.
 */
const list = (parameter: number, columns: string) =>
  `(select * from json_to_recordset($${parameter}::text::json) as x(n int, ${columns}) where n % 1 = 0)`;

const EVENT_COLUMNS = 'id text, dedupe_key text, name text, payload text, keys text[], quiet boolean, routed boolean';
const RUN_COLUMNS =
  'id text, fn_id text, event_id text, idempotency_key text, parent_run_id text, parent_step_id text, priority int, slots text[], slot_limits int[], eager boolean, stored boolean';
const WAIT_COLUMNS =
  'run_id text, key text, kind text, event_name text, match_key text, expression text, ttl_ms float8';

const inMs = (ms: string) => `now() + ${ms} * interval '1 millisecond'`;
const lease = (parameter: number) => inMs(`$${parameter}::float8`);

/** A wait this event might end: by the equality its expression demands, or any that demands none. */
const waitExists = (x: string) => `exists (
    select from runner.wait w where w.event_name = ${x}.name
      and (w.match_key is null or ${x}.keys is null or w.match_key = any(${x}.keys)))`;

/**
 * Events and the runs they start. An event or run that exists already adds nothing. A quiet event (of our own,
 * starting no run) is kept only when something waits for it. An eager run is claimed in the moment it is made.
 */
const arrivals = (
  p: { events: number; runs: number; cancels: number; eager?: { owner: number; lease: number } },
  gate: string,
) => `
  new_event as (
    insert into runner.event (id, dedupe_key, name, payload, routed)
    select x.id, x.dedupe_key, x.name, x.payload, x.routed and not ${waitExists('x')}
    from ${list(p.events, EVENT_COLUMNS)} x ${gate}
    where not x.quiet or ${waitExists('x')}
    on conflict do nothing returning id, routed
  ),
  run_in as materialized (
    select x.* from ${list(p.runs, RUN_COLUMNS)} x ${gate}
    where x.stored or exists (select from new_event e where e.id = x.event_id)
  ),
  new_run as (
    insert into runner.run (id, fn_id, event_id, idempotency_key, parent_run_id, parent_step_id, priority, slots, slot_limits)
    select id, fn_id, event_id, idempotency_key, parent_run_id, parent_step_id, priority, slots, slot_limits from run_in
    on conflict do nothing returning id
  ),
  new_call as (
    insert into runner.job (run_id, key, fn_id, kind, run_at, rank, slots, slot_limits, owner, generation, lease_until)
    select x.id, 'main', x.fn_id, 'call', now(), now() - x.priority * interval '1 second', x.slots, x.slot_limits,
      ${p.eager ? `case when x.eager then $${p.eager.owner}::text end` : 'null'},
      ${p.eager ? "case when x.eager then nextval('runner.generation') end" : 'null'},
      ${p.eager ? `case when x.eager then ${lease(p.eager.lease)} end` : 'null'}
    from run_in x join new_run r on r.id = x.id
    returning run_id, generation
  ),
  new_cancel as (
    insert into runner.wait (run_id, key, kind, event_name, match_key, expression, expires_at)
    select x.run_id, x.key, x.kind, x.event_name, x.match_key, x.expression, ${inMs('x.ttl_ms')}
    from ${list(p.cancels, WAIT_COLUMNS)} x join new_run r on r.id = x.run_id
  )`;

/** $1 events, $2 runs, $3 waits of cancelOn, $4 owner, $5 lease in ms → kind `event` (value: routed) or `call` (value: generation). */
export const ACCEPT = `
with ${arrivals({ events: 1, runs: 2, cancels: 3, eager: { owner: 4, lease: 5 } }, '')}
select 'event' as kind, id, routed::int::bigint as value from new_event
union all select 'call', run_id, generation from new_call`;

const PLANNED = `
  planned as (
    insert into runner.step (run_id, id, name, op, planned, waits, race, done)
    select x.run_id, x.id, x.name, x.op, true, x.waits, x.race, false
    from ${list(4, 'run_id text, id text, name text, op text, waits boolean, race boolean')} x join held h on h.n = x.n
    on conflict do nothing returning run_id, id, waits
  ),`;

const PLANNED_WORK = `
  new_job as (
    insert into runner.job (run_id, key, fn_id, kind, step_id, payload, run_at, rank, slots, slot_limits)
    select x.run_id, x.key, l.fn_id, x.kind, x.step_id, x.payload, at.run_at,
      at.run_at - case when x.delay_ms > 0 then 0 else l.priority end * interval '1 second',
      case when x.kind = 'call' then l.slots end, case when x.kind = 'call' then l.slot_limits end
    from ${list(5, 'run_id text, key text, kind text, step_id text, payload text, delay_ms float8')} x
    join planned p on p.run_id = x.run_id and p.id = x.step_id join locked l on l.id = x.run_id
    cross join lateral (select ${inMs('x.delay_ms')} as run_at) at
    on conflict do nothing returning run_at
  ),
  new_wait as (
    insert into runner.wait (run_id, key, kind, event_name, match_key, expression, expires_at)
    select x.run_id, x.key, x.kind, x.event_name, x.match_key, x.expression, ${inMs('x.ttl_ms')}
    from ${list(6, WAIT_COLUMNS)} x join planned p on p.run_id = x.run_id and p.id = x.key
    on conflict do nothing
  ),`;

const FINISHED = `,
  finished as materialized (select run_id from held where status is not null and n % 1 = 0),
  finished_job as (delete from runner.job j using finished f where j.run_id = f.run_id),
  finished_wait as (delete from runner.wait w using finished f where w.run_id = f.run_id)`;

/** Parts of COMMIT that a batch may not need. */
export interface CommitParts {
  plans: boolean;
  arrivals: boolean;
  finish: boolean;
}

/**
 * $1 transitions, $2 finished steps, $3 lease in ms; then, if they are part of it, planned steps with their jobs and
 * waits; then events, runs, waits of cancelOn.
 *
 * outcome: `keep` extends the lease (a checkpoint), `end` removes the job, `again` enters the function once more,
 * `retry` puts the job back with a delay, `finish` ends the run. Without a generation a transition is not fenced: it
 * ends waits, which happens once because a finished step stays as it is.
 */
export function commitStatement(parts: CommitParts): string {
  const first = parts.plans ? 7 : 4;
  const incoming = arrivals({ events: first, runs: first + 1, cancels: first + 2 }, 'join held h on h.n = x.n');
  return `
with t as materialized ${list(
    1,
    'run_id text, key text, generation bigint, outcome text, attempt int, failures int, delay_ms float8, status text, output text, version int',
  )},
  done_in as materialized ${list(2, 'ord int, run_id text, id text, name text, op text, failed boolean, value text')},
  named as materialized (select run_id from t union select run_id from done_in order by 1),
  locked as materialized (
    select l.* from (select run_id from named order by run_id) k cross join lateral (
      select id, fn_id, done_count, pending, waiting, priority, slots, slot_limits from runner.run r
      where r.id = k.run_id and r.ended_at is null for update
    ) l
  ),
  fenced as materialized (
    select t.n, j.again from t join locked l on l.id = t.run_id cross join lateral (
      select again from runner.job j where j.run_id = t.run_id and j.key = t.key and j.generation = t.generation for update
    ) j
  ),
  held as materialized (
    select t.*, f.again from t join fenced f on f.n = t.n
    union all select t.*, false from t join locked l on l.id = t.run_id where t.generation is null
  ),
  done as (
    insert into runner.step (run_id, id, name, op, planned, waits, race, done, failed, value, seq, done_at)
    select x.run_id, x.id, x.name, x.op, false, false, false, true, x.failed, x.value, l.done_count + x.ord, now()
    from done_in x join held h on h.n = x.n join locked l on l.id = x.run_id
    on conflict (run_id, id) do update
      set done = true, failed = excluded.failed, value = excluded.value, seq = excluded.seq, done_at = now()
      where not step.done
    returning run_id, id, planned, waits, race, octet_length(value) as bytes
  ),
  ${parts.plans ? PLANNED : ''}
  delta as materialized (
    select run_id, sum(done)::int as done, sum(pending)::int as pending, sum(waiting)::int as waiting,
      sum(bytes)::int as bytes, bool_or(race) as race
    from (
      select run_id, 1 as done, -(planned and not waits)::int as pending, -(planned and waits)::int as waiting, bytes, race from done
      ${parts.plans ? 'union all select run_id, 0, (not waits)::int, waits::int, 0, false from planned' : ''}
    ) d group by run_id
  ),
  after as materialized (
    select l.id, l.fn_id, l.priority, l.slots, l.slot_limits, coalesce(d.done, 0) as done, coalesce(d.race, false) as race,
      l.pending + coalesce(d.pending, 0) as pending, l.waiting + coalesce(d.waiting, 0) as waiting,
      l.done_count + coalesce(d.done, 0) as done_count, coalesce(d.bytes, 0) as bytes, h.status, h.output, h.version,
      d.run_id is not null or h.status is not null or h.version is not null as changed
    from locked l left join delta d on d.run_id = l.id left join held h on h.run_id = l.id
  ),
  ran as (
    update runner.run r set pending = a.pending, waiting = a.waiting, done_count = a.done_count,
      state_bytes = r.state_bytes + a.bytes, version = coalesce(a.version, r.version), output = a.output,
      status = coalesce(a.status, 'active'), ended_at = case when a.status is not null then now() end
    from after a where a.changed and r.id = a.id returning r.id, r.state_bytes
  ),
  ${parts.plans ? PLANNED_WORK : ''}
  woken as (
    insert into runner.job (run_id, key, fn_id, kind, run_at, rank, slots, slot_limits)
    select a.id, 'main', a.fn_id, 'call', now(), now() - a.priority * interval '1 second', a.slots, a.slot_limits
    from after a
    where a.done > 0 and a.status is null and (a.pending = 0 or a.race)
      and not exists (select from held h where h.run_id = a.id and h.key = 'main')
    on conflict (run_id, key) do update set again = true where job.owner is not null
    returning run_id
  ),
  own as materialized (
    select h.*, a.priority, h.outcome = 'retry' as retry,
      h.outcome in ('again', 'retry') or (h.key = 'main' and (h.again or a.pending + a.waiting = 0)) as back
    from held h join after a on a.id = h.run_id
    where h.generation is not null and h.outcome in ('end', 'again', 'retry')
  ),
  freed as (
    update runner.job j set owner = null, generation = null, lease_until = null,
      again = o.retry and j.again, attempt = case when o.retry then o.attempt else 0 end,
      failures = case when o.retry then o.failures else 0 end,
      run_at = at.run_at, rank = at.run_at - case when o.retry then 0 else o.priority end * interval '1 second'
    from own o cross join lateral (select ${inMs('case when o.retry then o.delay_ms else 0 end')} as run_at) at
    where o.back and j.run_id = o.run_id and j.key = o.key returning j.run_at
  ),
  kept as (
    update runner.job j set lease_until = ${lease(3)} from held h
    where h.outcome = 'keep' and j.run_id = h.run_id and j.key = h.key
  ),
  gone as (
    delete from runner.job j using own o where not o.back and j.run_id = o.run_id and j.key = o.key
  ),
  gone_other as (
    delete from runner.job j using done d where d.planned and j.run_id = d.run_id and j.key in (d.id, d.id || ':timer')
  ),
  gone_wait as (
    delete from runner.wait w using done d where d.planned and d.waits and w.run_id = d.run_id and w.key = d.id
  )
  ${parts.finish ? FINISHED : ''}
  ${parts.arrivals ? `, ${incoming}` : ''}
select t.n, h.n is not null as held, a.done_count, r.state_bytes,
  ${parts.arrivals ? '(select array_agg(id) from new_event where not routed)' : 'null'} as unrouted,
  exists (select from woken) or exists (select from freed where run_at <= now())
    ${parts.plans ? 'or exists (select from new_job where run_at <= now())' : ''}
    ${parts.arrivals ? 'or exists (select from new_call)' : ''} as due
from t left join held h on h.n = t.n left join after a on a.id = t.run_id left join ran r on r.id = t.run_id`;
}

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
 * count the same free slot: callers hold SLOTS_LOCK.
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
  order by j.rank limit 200 for update of j skip locked
), placed as (
  select d.run_id, d.key, d.rank, s.most, coalesce(b.running, 0) + row_number() over (partition by s.slot order by d.rank, d.run_id, d.key) as place
  from due d cross join lateral unnest(d.slots, d.slot_limits) as s(slot, most) left join busy b on b.slot = s.slot
), chosen as (
  select run_id, key from placed group by run_id, key, rank having bool_and(place <= most) order by rank limit $4::int
)
update runner.job j set owner = $1::text, generation = nextval('runner.generation'), lease_until = ${lease(2)}
from chosen c where j.run_id = c.run_id and j.key = c.key
returning ${CLAIMED.replaceAll(/(\w+)/g, 'j.$1')}`;

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
