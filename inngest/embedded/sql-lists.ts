/**
 * A list as a table: `n`, the transition it belongs to, and the columns named.
 *
 * `n % 1 = 0` is always true. The planner takes a JSON list for a hundred rows and would rather read whole tables than
 * look so many keys up; with this condition it expects one row, and uses the indexes however small the tables are.
 */
export const list = (parameter: number, columns: string) =>
  `(select * from json_to_recordset($${parameter}::text::json) as x(n int, ${columns}) where n % 1 = 0)`;

export const inMs = (ms: string) => `now() + ${ms} * interval '1 millisecond'`;
export const lease = (parameter: number) => inMs(`$${parameter}::float8`);
