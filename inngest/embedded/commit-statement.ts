import { arrivals } from './arrival-statement';
import { inMs, lease, list, NOTIFY, WAIT_COLUMNS } from './sql-lists';

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
    where x.kind <> 'signal' on conflict do nothing
  ),`;

/** Whoever waits for a signal already keeps it, or loses it to the newcomer and waits until its time is over. */
const SIGNALS = `
  signal_in as materialized (
    select x.* from ${list(6, WAIT_COLUMNS)} x join planned p on p.run_id = x.run_id and p.id = x.key where x.kind = 'signal'
  ),
  new_signal as (
    insert into runner.wait (run_id, key, kind, event_name)
    select run_id, key, kind, event_name from signal_in where not replaces on conflict do nothing returning run_id, key
  ),
  taken_signal as (
    insert into runner.wait (run_id, key, kind, event_name)
    select run_id, key, kind, event_name from signal_in where replaces
    on conflict (event_name) where kind = 'signal' do update set run_id = excluded.run_id, key = excluded.key
  ),`;

const FINISHED = `,
  finished as materialized (select run_id from held where status is not null and n % 1 = 0),
  finished_job as (delete from runner.job j using finished f where j.run_id = f.run_id),
  finished_wait as (delete from runner.wait w using finished f where w.run_id = f.run_id)`;

const TAKEN = `(select min(x.event_name) from signal_in x where x.run_id = t.run_id and not x.replaces
    and not exists (select from new_signal s where s.run_id = x.run_id and s.key = x.key))`;

/** Parts of COMMIT that a batch may not need. */
export interface CommitParts {
  plans: boolean;
  arrivals: boolean;
  finish: boolean;
  signals: boolean;
  /** Other processes are told when something is due. */
  notify: boolean;
  /** The arrivals are throttled, delayed, gathered …. */
  flow: boolean;
}

/**
 * A transition of any number of runs is one statement, hence one transaction: it locks the runs in the order of their
 * ids, then checks the fences, then writes; whatever else takes locks takes them in that order, or skips what is locked.
 *
 * $1 transitions, $2 finished steps, $3 lease in ms; then, if they are part of it, planned steps with their jobs and
 * waits; then events, runs, waits of cancelOn, events to gather.
 *
 * outcome: `keep` extends the lease (a checkpoint), `end` removes the job, `again` enters the function once more,
 * `retry` puts the job back with a delay, `finish` ends the run. Without a generation a transition is not fenced: it
 * ends waits, which happens once because a finished step stays as it is.
 */
export function commitStatement(parts: CommitParts): string {
  const due = `exists (select from woken) or exists (select from freed where run_at <= now())
    ${parts.plans ? 'or exists (select from new_job where run_at <= now())' : ''}
    ${parts.arrivals ? 'or exists (select from new_call)' : ''}`;
  const first = parts.plans ? 7 : 4;
  const lists = { events: first, runs: first + 1, cancels: first + 2, gathers: parts.flow ? first + 3 : undefined };
  const incoming = arrivals(lists, 'join held h on h.n = x.n');
  return `
with t as materialized ${list(
    1,
    'run_id text, key text, generation bigint, outcome text, attempt int, failures int, delay_ms float8, error text, status text, output text, version int',
  )},
  done_in as materialized ${list(2, 'ord int, run_id text, id text, name text, op text, failed boolean, value text')},
  named as materialized (select run_id from t union select run_id from done_in order by 1),
  locked as materialized (
    select l.* from (select run_id from named order by run_id) k cross join lateral (
      select id, fn_id, done_count, pending, waiting, priority, slots, slot_limits, overdue from runner.run r
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
      l.done_count + coalesce(d.done, 0) as done_count, coalesce(d.bytes, 0) as bytes, l.overdue, h.status, h.output, h.version,
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
  ${parts.signals ? SIGNALS : ''}
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
    select h.*, a.priority, a.slots, a.slot_limits, h.outcome = 'retry' as retry,
      h.outcome in ('again', 'retry') or (h.key = 'main' and (h.again or a.pending + a.waiting = 0)) as back
    from held h join after a on a.id = h.run_id
    where h.generation is not null and h.outcome in ('end', 'again', 'retry')
  ),
  freed as (
    update runner.job j set owner = null, generation = null, lease_until = null,
      again = o.retry and j.again, attempt = case when o.retry then o.attempt else 0 end,
      failures = case when o.retry then o.failures else 0 end, last_error = case when o.retry then o.error end,
      run_at = at.run_at, rank = at.run_at - case when o.retry then 0 else o.priority end * interval '1 second',
      slot_limits = case when j.slots = o.slots then o.slot_limits else j.slot_limits end
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
select t.n, h.n is not null as held, a.done_count, r.state_bytes, a.overdue,
  ${parts.signals ? TAKEN : 'null'} as taken,
  ${parts.arrivals ? '(select array_agg(id) from new_event where not routed)' : 'null'} as unrouted,
  ${due} as due ${parts.notify ? `, case when ${due} then ${NOTIFY} end as told` : ''}
from t left join held h on h.n = t.n left join after a on a.id = t.run_id left join ran r on r.id = t.run_id`;
}
