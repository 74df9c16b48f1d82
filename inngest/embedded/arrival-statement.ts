import { MAX_BATCH_BYTES } from './limits';
import { inMs, lease, list, NOTIFY, WAIT_COLUMNS } from './sql-lists';

const EVENT_COLUMNS = 'id text, dedupe_key text, name text, payload text, keys text[], quiet boolean, routed boolean';
const RUN_COLUMNS =
  'id text, fn_id text, event_id text, idempotency_key text, parent_run_id text, parent_step_id text, priority int, slots text[], slot_limits int[], ' +
  'ord int, throttle_key text, throttle_ms float8, throttle_burst int, rate_key text, rate_ms float8, rate_burst int, ' +
  'singleton_key text, singleton_skips boolean, delay_ms float8, start_ms float8, event_ids text[], eager boolean, stored boolean';
const GATHER_COLUMNS =
  'ord int, fn_id text, key text, event_id text, size int, bytes int, delay_ms float8, deadline_ms float8';

/** Which parameters hold the lists; `gathers` only where something is throttled, delayed, limited or gathered. */
interface Lists {
  events: number;
  runs: number;
  cancels: number;
  gathers?: number;
  /** What is gathered may have been sent before. */
  repeats?: boolean;
  eager?: { owner: number; lease: number };
}

/** A wait this event might end: by the equality its expression demands, or any that demands none. */
const waitExists = (x: string) => `exists (
    select from runner.wait w where w.event_name = ${x}.name and w.kind <> 'signal'
      and (w.match_key is null or ${x}.keys is null or w.match_key = any(${x}.keys)))`;

/** How many emissions a limiter is ahead of now: `arrival_at` is what the theory of GCRA calls TAT. */
const ahead = (limiter: string, ms: string) =>
  `greatest(0, extract(epoch from ${limiter}.arrival_at - now()) * 1000 / ${ms})`;

/** Runs that a rate limit admits, the earliest first. The others never begin. */
const ADMITTED = `
  rate_in as materialized (
    select x.rate_key as key, count(*)::int as wanted, max(x.rate_ms) as ms, max(x.rate_burst) as burst from run_in x
    where x.rate_key is not null and not exists (select from runner.run r where r.id = x.id) group by 1 order by 1
  ),
  rated as (
    insert into runner.limiter as l (key, arrival_at, admitted)
    select key, ${inMs('least(wanted, burst) * ms')}, least(wanted, burst) from rate_in order by key
    on conflict (key) do update set (admitted, arrival_at) = (
      select a.n, greatest(l.arrival_at, now()) + a.n * i.ms * interval '1 millisecond' from rate_in i cross join lateral (
        select greatest(0, least(i.wanted, floor(i.burst - ${ahead('l', 'i.ms')} + 0.001)))::int as n
      ) a where i.key = l.key)
    returning key, admitted
  ),
  admitted as materialized (
    select x.* from (select *, row_number() over (partition by rate_key order by n, ord) as place from run_in) x
    left join rated l on l.key = x.rate_key where x.rate_key is null or x.place <= l.admitted
  ),`;

/** When the calls of new runs are due: each throttled run takes the next place of its key. */
const STARTS = `
  throttle_in as materialized (
    select x.id, x.throttle_key, x.throttle_ms, x.throttle_burst,
      row_number() over (partition by x.throttle_key order by x.n, x.ord) as place
    from admitted x join new_run r on r.id = x.id where x.throttle_key is not null
  ),
  throttled as (
    insert into runner.limiter as l (key, arrival_at, admitted)
    select throttle_key, ${inMs('count(*) * max(throttle_ms)')}, count(*) from throttle_in group by 1 order by 1
    on conflict (key) do update set
      arrival_at = greatest(l.arrival_at, now()) + (excluded.arrival_at - now()), admitted = excluded.admitted
    returning key, arrival_at, admitted
  ),
  start as materialized (
    select x.id, greatest(${inMs('x.delay_ms')},
      l.arrival_at + (i.place - l.admitted - i.throttle_burst) * i.throttle_ms * interval '1 millisecond') as run_at
    from admitted x left join throttle_in i on i.id = x.id left join throttled l on l.key = i.throttle_key
  ),`;

/** Cancels what has not begun in time. */
const START_TIMEOUTS = `,
  start_timeout as (
    insert into runner.job (run_id, key, fn_id, kind, run_at, rank)
    select x.id, 'timeout:start', x.fn_id, 'timeout', at.run_at, at.run_at
    from admitted x join new_run r on r.id = x.id cross join lateral (select ${inMs('x.delay_ms + x.start_ms')} as run_at) at
    where x.start_ms is not null
  )`;

/** Debounces and batches ask for no id: an event sent again starts nothing but them, and is stored again for them. */
const repeated = (events: number, gathers: number) => `,
  repeated as (
    insert into runner.event (id, name, payload, routed)
    select x.id, x.name, x.payload, true from ${list(events, EVENT_COLUMNS)} x
    where x.dedupe_key is not null and not exists (select from new_event e where e.id = x.id)
      and x.id in (select g.event_id from ${list(gathers, GATHER_COLUMNS)} g)
    on conflict do nothing returning id
  ),
  gatherable as (select id from new_event union all select id from repeated)`;

/** Puts events aside: a debounce keeps the newest and is put off, a batch keeps all until it is full or its time is over. */
const gathers = (parameter: number, gate: string, source: string) => `
  gathered as (
    insert into runner.gather as g (fn_id, key, event_ids, size, bytes, due_at, deadline_at)
    select x.fn_id, x.key, case when max(x.size) is null then (array_agg(x.event_id order by x.n desc, x.ord desc))[:1]
        else array_agg(x.event_id order by x.n, x.ord) end,
      max(x.size), sum(x.bytes),
      case when count(*) >= max(x.size) or sum(x.bytes) >= ${MAX_BATCH_BYTES} then now() else ${inMs('max(x.delay_ms)')} end,
      ${inMs('max(x.deadline_ms)')}
    from ${list(parameter, GATHER_COLUMNS)} x ${gate} where exists (select from ${source} e where e.id = x.event_id)
    group by 1, 2 order by 1, 2
    on conflict (fn_id, key) do update set size = excluded.size,
      event_ids = case when excluded.size is null then excluded.event_ids else g.event_ids || excluded.event_ids end,
      bytes = g.bytes + excluded.bytes,
      due_at = case
        when excluded.size is null then least(excluded.due_at, g.deadline_at)
        when cardinality(g.event_ids) + cardinality(excluded.event_ids) >= excluded.size then now()
        when g.bytes + excluded.bytes >= ${MAX_BATCH_BYTES} then now()
        else g.due_at end
    returning due_at
  )`;

/**
 * Events and the runs they start. An event or run that exists already adds nothing. A quiet event (of our own,
 * starting no run) is kept only when something waits for it. An eager run is claimed in the moment it is made.
 */
export function arrivals(lists: Lists, gate: string): string {
  const { eager, gathers: flow, repeats } = lists;
  return `
  new_event as (
    insert into runner.event (id, dedupe_key, name, payload, routed)
    select x.id, x.dedupe_key, x.name, x.payload, x.routed and not ${waitExists('x')}
    from ${list(lists.events, EVENT_COLUMNS)} x ${gate}
    where not x.quiet or ${waitExists('x')}
    on conflict do nothing returning id, routed
  ),
  run_in as materialized (
    select x.* from ${list(lists.runs, RUN_COLUMNS)} x ${gate}
    where x.stored or exists (select from new_event e where e.id = x.event_id)
  ),
  ${flow ? ADMITTED : ''}
  new_run as (
    insert into runner.run (id, fn_id, event_id, event_ids, idempotency_key, parent_run_id, parent_step_id, priority,
      slots, slot_limits, singleton_key, singleton_skips)
    select id, fn_id, event_id, event_ids, idempotency_key, parent_run_id, parent_step_id, priority,
      slots, slot_limits, singleton_key, singleton_skips from ${flow ? 'admitted' : 'run_in'}
    on conflict do nothing returning id
  ),
  ${flow ? STARTS : ''}
  new_call as (
    insert into runner.job (run_id, key, fn_id, kind, run_at, rank, slots, slot_limits, owner, generation, lease_until)
    select x.id, 'main', x.fn_id, 'call', at.run_at,
      at.run_at - case when at.run_at > now() then 0 else x.priority end * interval '1 second', x.slots, x.slot_limits,
      ${eager ? `case when x.eager then $${eager.owner}::text end` : 'null'},
      ${eager ? "case when x.eager then nextval('runner.generation') end" : 'null'},
      ${eager ? `case when x.eager then ${lease(eager.lease)} end` : 'null'}
    from run_in x join new_run r on r.id = x.id
    ${flow ? 'join start at on at.id = x.id' : 'cross join lateral (select now() as run_at) at'}
    returning run_id, generation, run_at
  ),
  new_cancel as (
    insert into runner.wait (run_id, key, kind, event_name, match_key, expression, expires_at)
    select x.run_id, x.key, x.kind, x.event_name, x.match_key, x.expression, ${inMs('x.ttl_ms')}
    from ${list(lists.cancels, WAIT_COLUMNS)} x join new_run r on r.id = x.run_id
  )${flow ? START_TIMEOUTS : ''}
  ${flow && repeats ? repeated(lists.events, flow) : ''}
  ${flow ? `, ${gathers(flow, gate, repeats ? 'gatherable' : 'new_event')}` : ''}`;
}

/**
 * $1 events, $2 runs, $3 waits of cancelOn, $4 owner, $5 lease in ms, and with flow control $6 events to gather →
 * kind `event` (value: routed), `call` (value: generation) or `gather` (value: ms until it is due). With `notify` other
 * processes are told.
 */
export const acceptStatement = ({
  flow,
  repeats,
  notify,
}: {
  flow: boolean;
  repeats: boolean;
  notify: boolean;
}): string => `
with ${arrivals({ events: 1, runs: 2, cancels: 3, eager: { owner: 4, lease: 5 }, gathers: flow ? 6 : undefined, repeats }, '')}
select 'event' as kind, id, routed::int::bigint as value from new_event
${notify ? `union all select 'told', ${NOTIFY}, null` : ''}
union all select 'call', run_id, generation from new_call
${flow ? "union all select 'gather', '', ceil(greatest(0, extract(epoch from due_at - now()) * 1000))::bigint from gathered" : ''}`;

/** $1 events stored before, $2 where they are gathered: as routed, once. → ms until the soonest is due. */
export const GATHER_STORED = `
with marked as (update runner.event set routed = true where id = any($1::text[]) and not routed returning id),
${gathers(2, '', 'marked')}
select ceil(greatest(0, extract(epoch from min(due_at) - now()) * 1000))::bigint as ms from gathered`;
