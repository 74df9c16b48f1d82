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
