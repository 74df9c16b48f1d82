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
  ACCEPT: acceptStatement({ flow: false, notify: false }),
  'ACCEPT with flow control': acceptStatement({ flow: true, notify: true }),
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
