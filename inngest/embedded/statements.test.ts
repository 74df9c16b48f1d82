import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptStatement, GATHER_STORED } from './arrival-statement';
import { commitStatement } from './commit-statement';
import * as operatorStatements from './operator-statements';
import * as statements from './statements';
import { startPglite, type TestDatabase } from './testing/databases';

let db: TestDatabase;
beforeAll(async () => {
  db = await startPglite();
}, 60_000);
afterAll(() => db.stop());

const {
  FUNCTIONS_NOTICE,
  TELL_FUNCTIONS,
  TELL_DUE,
  PRUNE_LIMITERS,
  PRUNE_RUNS,
  PRUNE_EVENTS,
  BLOATED,
  COUNTS,
  EVENT_BATCHES,
  EXPIRE_KEYS,
  REGISTER,
  SCHEDULE_CRONS,
  SLOTS_LOCK,
  vacuum,
  ...lookups
} = statements;
const flags = [true, false];
const commits = flags.flatMap((plans) =>
  flags.flatMap((arrivals) =>
    flags.flatMap((finish) => {
      const parts = { plans, arrivals, finish, signals: false, flow: false, notify: false };
      return [parts, { ...parts, signals: plans, flow: arrivals, notify: true }].map(commitStatement);
    }),
  ),
);
const accepts = {
  ACCEPT: acceptStatement({ flow: false, repeats: false, notify: false }),
  'ACCEPT with flow control': acceptStatement({ flow: true, repeats: false, notify: true }),
  'ACCEPT of what may be sent again': acceptStatement({ flow: true, repeats: true, notify: true }),
  GATHER_STORED,
};

/** A plan is kept for the life of a connection: made for empty tables, it must still do when they hold a million rows. */
test.each([...Object.entries({ ...accepts, ...lookups }), ...commits.map((text, n) => [`COMMIT ${n}`, text] as const)])(
  '%s never reads a whole table, even while it is empty',
  async (_name, text) => {
    const rows = await db.sql.unsafe(`explain (generic_plan) ${text}`).simple();
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    expect(plan.match(/Seq Scan on (?!fn)\w+/g)).toBeNull();
  },
);

test.each([
  PRUNE_LIMITERS,
  PRUNE_RUNS,
  PRUNE_EVENTS,
  BLOATED,
  COUNTS,
  EVENT_BATCHES,
  EXPIRE_KEYS,
  REGISTER,
  SCHEDULE_CRONS,
  SLOTS_LOCK,
])('%s is valid', async (text) => {
  expect(await db.sql.unsafe(`explain (generic_plan) ${text}`).simple()).not.toHaveLength(0);
});

test.each(Object.entries(operatorStatements))('%s of the operator is valid', async (_name, text) => {
  expect(await db.sql.unsafe(`explain (generic_plan) ${text}`).simple()).not.toHaveLength(0);
});

test('vacuum is valid', async () => {
  expect(await db.sql.unsafe(vacuum('job'))).toHaveLength(0);
});

test('old events are looked for one after the other, however many there are', async () => {
  await db.sql`insert into runner.event (id, name, payload, routed, received_at)
    select 'old-' || n, 'old', '{}', true, now() - interval '9 days' from generate_series(1, 5000) n`;
  await db.sql`insert into runner.run (id, fn_id, event_id, status, ended_at)
    select 'old-' || n, 'f', 'old-' || n, 'completed', now() from generate_series(1, 5000) n`;
  await db.sql.unsafe('analyze runner.event, runner.run');
  const rows = await db.sql.unsafe(`explain ${PRUNE_EVENTS.replace('$1', '7').replace('$2', '250')}`).simple();
  const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
  expect(plan).not.toMatch(/(Hash|Merge) .*(Anti|Semi)|Seq Scan on run /);
});
