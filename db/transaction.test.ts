import type { Row } from 'postgres';
import { afterAll, expect, test, vi } from 'vitest';
import { closeDatabase, sharedSql } from './client';
import { startEmbeddedDatabase } from './embedded';
import { type Sql, type Statement, statement, transaction } from './transaction';

const as = (org: string) => ({ role: 'muster_tenant', 'app.org_id': org });
const whoAmI = (sql: Pick<Sql, 'unsafe'>) =>
  sql.unsafe<{ role: string; org: string | null }[]>(
    `select current_user as role, current_setting('app.org_id', true) as org`,
  );

afterAll(closeDatabase);

test('statements sent at the same time each have their own organization, and leave nothing behind', async () => {
  const orgs = Array.from({ length: 300 }, (_, n) => `org-${n}`);
  const seen = await Promise.all(orgs.map((org) => statement(as(org), whoAmI)));
  expect(seen.map(([row]) => row)).toEqual(orgs.map((org) => ({ role: 'muster_tenant', org })));
  for (const [row] of await Promise.all(Array.from({ length: 20 }, () => whoAmI(sharedSql())))) {
    expect(row?.role).not.toBe('muster_tenant');
    expect(row?.org || null).toBeNull();
  }
});

test('what fails says why, undoes everything, and costs no connection', async () => {
  const failing = (sql: Sql) => sql`select 1 / 0`;
  for (let n = 0; n < 25; n += 1) {
    await expect(statement(as('x'), failing)).rejects.toMatchObject({ code: '22012' });
    await expect(transaction(as('x'), ({ sql }) => failing(sql))).rejects.toMatchObject({ code: '22012' });
    const thrown = transaction(as('x'), async ({ sql }) => {
      await sql`select 1`;
      throw new Error('changed my mind');
    });
    await expect(thrown).rejects.toThrow('changed my mind');
  }
  expect(await whoAmI(sharedSql())).toHaveLength(1);
});

test('transactions of one statement travel together within an organization, and none waits for that of another', async () => {
  const pidOf = (sql: Sql) => sql<{ pid: number }[]>`select pg_backend_pid() as pid from pg_sleep(0.2) where ${1} = 1`;
  const failing = (sql: Sql) => sql<{ pid: number }[]>`select 1 / ${0}::int as pid`;
  const org = <T extends Row>(name: string, statements: ((sql: Sql) => Statement<T>)[]) =>
    Promise.allSettled(statements.map((text) => statement(as(name), text)));
  let isOneFirst = true;
  const many = org('many', [
    ...Array.from({ length: 6 }, () => pidOf),
    failing,
    ...Array.from({ length: 9 }, () => pidOf),
  ]);
  void many.then(() => {
    isOneFirst = false;
  });
  const [one] = await org('one', [whoAmI]);
  expect(one).toMatchObject({ value: [{ org: 'one' }] });
  expect(isOneFirst).toBe(true);
  const answers = await many;
  expect(answers[6]).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
  const pids = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value[0]?.pid] : []));
  expect([pids.length, new Set(pids).size]).toEqual([15, 2]);
});

/** What became of statements that were sent in one moment, each with what it locks. */
const together = <T extends Row>(statements: [order: string, text: (sql: Sql) => Statement<T>][], org = 'x') =>
  Promise.allSettled(statements.map(([order, text]) => statement(as(org), text, order)));
/** The transaction that a statement is part of. */
const xidOf = (sql: Sql) =>
  sql<{ xid: string; role: string }[]>`select pg_current_xact_id()::text as xid, current_user as role where ${1} = 1`;

test('those that lock in one order are one transaction, of one organization, in one role', async () => {
  const xids = (outcomes: PromiseSettledResult<{ xid: string }[]>[]) =>
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value[0]?.xid : undefined));
  const of = (org: string, count: number) =>
    together(
      Array.from({ length: count }, (_, n) => [String(n), xidOf]),
      org,
    );
  const [mine, theirs, members] = await Promise.all([
    of('mine', 5),
    of('theirs', 3),
    Promise.allSettled([statement({ ...as('mine'), role: 'muster_member' }, xidOf, 'm')]),
  ]);
  const all = [mine, theirs, members].map((outcomes) => new Set(xids(outcomes)));
  expect(all.map((ids) => ids.size)).toEqual([1, 1, 1]);
  expect(new Set(all.flatMap((ids) => [...ids])).size).toBe(3);
  expect(members).toMatchObject([{ value: [{ role: 'muster_member' }] }]);
  const apart = await Promise.allSettled(Array.from({ length: 4 }, () => statement(as('mine'), xidOf)));
  expect(new Set(xids(apart)).size).toBe(4);
});

test('when one of them fails, it alone does: the others happen once', async () => {
  const table = `together_${process.pid}`;
  const owner = sharedSql();
  await owner.unsafe(`create table ${table} (n int primary key); grant all on ${table} to muster_tenant`);
  try {
    const insert = (n: number) => (sql: Sql) =>
      sql<{ n: number }[]>`
      insert into ${sql(table)} select ${n}::int / ${n === 3 ? 0 : 1} returning n`;
    const outcomes = await together([5, 1, 3, 2, 4].map((n) => [String(n), insert(n)]));
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value[0]?.n : outcome.reason.code)),
    ).toEqual([5, 1, '22012', 2, 4]);
    expect(await owner.unsafe(`select n from ${table} order by n`)).toEqual([1, 2, 4, 5].map((n) => ({ n })));
  } finally {
    await owner.unsafe(`drop table ${table}`);
  }
});

test('they take their locks in one order, and one that has to wait long does so alone', async () => {
  const table = `locked_${process.pid}`;
  const owner = sharedSql();
  await owner.unsafe(`create table ${table} as select n, 0 as hits from generate_series(1, 6) n;
    grant all on ${table} to muster_tenant`);
  const hit = (n: number) => (sql: Sql) =>
    sql<{ n: number }[]>`
    update ${sql(table)} set hits = hits + 1 where n = ${n}::int returning n`;
  try {
    const rounds = Array.from({ length: 20 }, (_, round) => {
      const order = round % 2 ? [1, 2, 3, 4, 5, 6] : [6, 5, 4, 3, 2, 1];
      return together(order.map((n) => [String(n), hit(n)]));
    });
    expect((await Promise.all(rounds)).flat().filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await owner.unsafe(`select distinct hits from ${table}`)).toEqual([{ hits: 20 }]);

    const [held, freed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = transaction(as('other'), async ({ sql }) => {
      await hit(3)(sql);
      held.resolve();
      await freed.promise;
    });
    await held.promise;
    const done: number[] = [];
    const waiting = [1, 2, 3, 4].map(async (n) => {
      await statement(as('x'), hit(n), String(n));
      done.push(n);
      // Before what is locked is free.
      if (done.length === 3) freed.resolve();
    });
    await Promise.all(waiting);
    await holder;
    expect(done.at(-1)).toBe(3);
    expect(done).toHaveLength(4);
  } finally {
    await owner.unsafe(`drop table ${table}`);
  }
});

/** With two transactions of an organization under way that wait for a lock, and the time standing still. */
async function whileTwoAreStuck(org: string, work: () => Promise<void>): Promise<void> {
  const stuck = (sql: Sql) => sql`select pg_advisory_xact_lock(${4_117})`;
  const [held, freed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holder = transaction(as('other'), async ({ sql }) => {
    await stuck(sql);
    held.resolve();
    await freed.promise;
  });
  await held.promise;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const waiting: Promise<Row[]>[] = [];
  try {
    for (const count of [1, 2]) {
      waiting.push(statement(as(org), stuck));
      const areStuck = () =>
        sharedSql()`select from pg_locks where locktype = 'advisory' and objid = 4117 and not granted`;
      while ((await areStuck()).length < count);
    }
    await work();
  } finally {
    vi.useRealTimers();
    freed.resolve();
  }
  await Promise.all([holder, ...waiting]);
}
const xidsOf = (rows: readonly (readonly { xid: string }[])[]) => new Set(rows.map(([row]) => row?.xid));

test('two of an organization are on their way, what comes meanwhile shares the next, and those that take long hold up nobody', () =>
  whileTwoAreStuck('x', async () => {
    const others: Promise<{ xid: string }[]>[] = [];
    for (let n = 0; n < 30; n += 1) {
      others.push(statement(as('x'), xidOf, String(n)));
      await new Promise((turn) => setImmediate(turn));
    }
    vi.advanceTimersByTime(50);
    expect(xidsOf(await Promise.all(others)).size).toBe(1);
  }));

test('what is full waits for no other', () =>
  whileTwoAreStuck('x', async () => {
    let isOneDone = false;
    const one = statement(as('x'), whoAmI).then(() => {
      isOneDone = true;
    });
    const full = await Promise.all(Array.from({ length: 32 }, (_, n) => statement(as('x'), xidOf, String(n))));
    expect([xidsOf(full).size, isOneDone]).toEqual([1, false]);
    vi.advanceTimersByTime(50);
    await one;
  }));

test('long statements are sent together as well, without an answer between', async () => {
  await transaction(as('x'), async ({ sql }) => {
    const long = (n: number) => sql<{ n: number }[]>`select ${n}::int as n, ${'x'.repeat(100_000)}::text as text`;
    // The first of its text is prepared before another is sent.
    await long(0);
    const statements = Array.from({ length: 10 }, (_, n) => long(n).execute());
    await new Promise((turn) => setImmediate(turn));
    const isSent = statements.map((one) => (one as unknown as { state: unknown }).state != null);
    expect(isSent).toEqual(Array(10).fill(true));
    expect((await Promise.all(statements)).map(([row]) => row?.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

test('a statement behind the last one is refused, and what is thrown behind it undoes nothing', async () => {
  const twice = transaction(as('x'), async ({ sql, last }) => {
    await last(xidOf(sql), 'a');
    await xidOf(sql);
  });
  await expect(twice).rejects.toThrow('came behind the last one');
  const unread = transaction(as('x'), async ({ sql, last }) => {
    void last(sql`select 1 / 0`, 'a');
  });
  await expect(unread).resolves.toBeUndefined();
  expect(await whoAmI(sharedSql())).toHaveLength(1);
});

test('when the line breaks, those that travelled together are told, and none of them is sent again', async () => {
  const table = `cut_${process.pid}`;
  const owner = sharedSql();
  await owner.unsafe(`create table ${table} (n int); grant all on ${table} to muster_tenant`);
  const insert = (n: number) => (sql: Sql) => sql`insert into ${sql(table)} values (${n}::int)`;
  const stuck = (sql: Sql) => sql`select pg_sleep(20) as stuck where ${1} = 1`;
  try {
    const sent = together<Row>([
      ['1', insert(1)],
      ['2', stuck],
      ['3', insert(3)],
    ]);
    await vi.waitUntil(async () => {
      const cut = await owner`select pg_terminate_backend(pid) from pg_stat_activity
        where query like '%as stuck where%' and state = 'active' and pid <> pg_backend_pid()`;
      return cut.length > 0;
    });
    const outcomes = await sent;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await owner.unsafe(`select n from ${table}`)).toEqual([]);
  } finally {
    await owner.unsafe(`drop table ${table}`);
  }
});

test('when a transaction cannot begin as its tenant, nothing of it happens', async () => {
  const nobody = { role: 'nobody_at_all' };
  await expect(statement(nobody, whoAmI)).rejects.toMatchObject({ message: /role/ });
  await expect(transaction(nobody, ({ sql }) => whoAmI(sql))).rejects.toMatchObject({ message: /role/ });
});

test('nothing but a plain word is set, for it is written into the statement', async () => {
  for (const org of ['', "x'", 'x; drop table agents', 'x\n', '\\']) {
    await expect(statement(as(org), whoAmI)).rejects.toThrow('app.org_id cannot be set');
    await expect(transaction({ [`a${org} b`]: 'x' }, ({ sql }) => whoAmI(sql))).rejects.toThrow('cannot be set');
  }
  expect(await whoAmI(sharedSql())).toHaveLength(1);
});

test('a connection that is lost takes its transaction with it: nothing is sent on the next one', async () => {
  let reached = false;
  const lost = transaction(as('x'), async ({ sql }) => {
    const [own] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const sleeping = sql`select pg_sleep(30)`.execute();
    // It may be told before anybody waits for it.
    sleeping.catch(() => {});
    await sharedSql()`select pg_terminate_backend(${own?.pid ?? 0})`;
    await expect(sleeping).rejects.toMatchObject({ code: expect.stringMatching(/57P01|CONNECTION_CLOSED|ECONNRESET/) });
    await vi.waitFor(() => expect(sql`select 1`).rejects.toThrow('lost'));
    await whoAmI(sql);
    reached = true;
  });
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  expect(reached).toBe(false);
  const [row] = await statement(as('y'), whoAmI);
  expect(row).toEqual({ role: 'muster_tenant', org: 'y' });
});

test('the embedded database answers whole batches, large rows and errors in the middle of them', async () => {
  const database = await startEmbeddedDatabase({});
  const sql = database.open();
  const answers = await Promise.allSettled(
    Array.from({ length: 200 }, (_, n) =>
      n % 10 === 3 ? sql`select ${n}::int / 0 as n` : sql`select ${n}::int as n, repeat('x', ${n * 100}) as text`,
    ),
  );
  answers.forEach((answer, n) => {
    if (n % 10 === 3) expect(answer).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
    else expect(answer).toMatchObject({ value: [{ n, text: 'x'.repeat(n * 100) }] });
  });
  const large = 'ä'.repeat(2_000_000);
  expect((await sql`select ${large} as text`)[0]?.text).toBe(large);
  const second = database.open();
  await expect(second`select 1`).rejects.toThrow(/one client/);
  await sql.end();
  const third = database.open();
  expect(await third`select 1 as one`).toEqual([{ one: 1 }]);
  await third.end();
  await database.stop();
});
