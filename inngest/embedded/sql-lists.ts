/**
 * A list as a table: `n`, the transition it belongs to, and the columns named.
 *
 * `n % 1 = 0` is always true. The planner takes a JSON list for a hundred rows and would rather read whole tables than
 * look so many keys up; with this condition it expects one row, and uses the indexes however small the tables are.
 */
export const list = (parameter: number, columns: string) =>
  `(select * from json_to_recordset($${parameter}::text::json) as x(n int, ${columns}) where n % 1 = 0)`;

export const inMs = (ms: string) => `now() + (${ms}) * interval '1 millisecond'`;
export const lease = (parameter: number) => inMs(`$${parameter}::float8`);

export const WAIT_COLUMNS =
  'run_id text, key text, kind text, event_name text, match_key text, expression text, ttl_ms float8, replaces boolean';

/** A time as text, in whatever way a client of the database reads dates. */
export const iso = (time: string) => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The channel by which processes on one database wake each other. */
export const CHANNEL = 'muster_runner';
/** Only where another process has to hear of it: all commits that notify queue up behind one lock of the server. */
export const NOTIFY = `pg_notify('${CHANNEL}', '')::text`;
