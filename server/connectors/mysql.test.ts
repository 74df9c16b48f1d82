import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { env } from '@/lib/env';
import type { OrgContext } from '../context';
import { makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { MAX_ROWS } from './rows';
import { testConnector } from './service';
import { startMariadb, type TestMariadb } from './testing/mariadb';
import { callWith, makeConnector } from './testing/scene';

let server: TestMariadb;
let owner: OrgContext;
const before = env.MUSTER_CONNECTOR_PRIVATE_HOSTS;

beforeAll(async () => {
  setSilentRunner();
  server = await startMariadb();
  await server.admin(`
    create database victim; create database other; use victim;
    create table orders (id int primary key, customer varchar(40), cents bigint, at datetime default '2026-01-02 03:04:05');
    insert into orders (id, customer, cents) select seq, concat('customer ', seq), seq * 100 from seq_1_to_3000;
    create table other.secret (word text); insert into other.secret values ('swordfish');
    create sequence counter;
    create procedure raise_price() update orders set cents = cents + 1;
    create function hidden() returns int modifies sql data begin update orders set cents = 0; return 1; end;
    create user reader identified by 'hunter2-canary'; grant select on victim.orders to reader; grant select, insert on victim.counter to reader; grant execute on victim.* to reader;
    create user writer identified by 'hunter2-canary'; grant select, insert, update, delete on victim.orders to writer;
    create user boss identified by 'hunter2-canary'; grant all on *.* to boss with grant option;`);
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
  owner = await makeOrganization();
}, 240_000);
afterAll(async () => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before;
  await server?.stop();
});

const configuration = (
  user: string,
  more: { port?: number; database?: string; tls?: 'verify' | 'off'; password?: string } = {},
) => {
  const { password = 'hunter2-canary', ...settings } = more;
  return {
    kind: 'mysql',
    settings: { host: '127.0.0.1', port: server.port, database: 'victim', user, tls: 'off', ca: '', ...settings },
    credentials: { password },
  } as const;
};

const fingerprint = () =>
  server.admin(`select
    (select md5(group_concat(concat_ws('|', id, customer, cents, at) order by id)) from victim.orders) as orders,
    (select group_concat(word) from other.secret) as secret,
    (select group_concat(table_schema, '.', table_name order by 1) from information_schema.tables where table_schema in ('victim', 'other')) as tables,
    (select group_concat(routine_name order by 1) from information_schema.routines) as routines,
    (select group_concat(user, host order by 1) from mysql.user) as users,
    (select group_concat(schema_name order by 1) from information_schema.schemata) as bases,
    (select next_not_cached_value from victim.counter) as counter,
    @@global.max_connections as connections, @@global.general_log as log, @@global.read_only as ro`);

const ask = async (sql: string, params: (string | number | null)[] = [], user = 'reader') => {
  const { name } = await makeConnector(owner, configuration(user));
  return callWith(owner, { name, access: 'read' }, 'database_query', { sql, params });
};

describe('reading', () => {
  test('rows come with times and large numbers as they are, values are bound', async () => {
    expect(await ask('select id, customer, at from orders where customer = ?', ['customer 7'])).toEqual({
      ok: true,
      output: { rows: [{ id: 7, customer: 'customer 7', at: '2026-01-02 03:04:05' }], rowCount: 1, truncated: false },
    });
    expect(await ask('select ? as said', ["'; drop table orders; -- "])).toMatchObject({
      output: { rows: [{ said: "'; drop table orders; -- " }] },
    });
    expect(await ask('select 9007199254740993 as n')).toMatchObject({ output: { rows: [{ n: '9007199254740993' }] } });
  });

  test('more rows than the limit, and larger ones, are cut and said to be', async () => {
    expect(await ask('select id from orders')).toMatchObject({ output: { rowCount: MAX_ROWS, truncated: true } });
    expect(await ask("select repeat('x', 9000) as x from orders")).toMatchObject({
      output: { rowCount: 8, truncated: true },
    });
    expect(await ask('select 1;')).toMatchObject({ ok: true });
    expect(await ask('show tables')).toMatchObject({ ok: true });
    expect(await ask('describe orders')).toMatchObject({ ok: true });
  });

  const FILE = '/tmp/muster-stolen';
  const HOSTILE = [
    'insert into orders (id) values (9999)',
    'update orders set cents = 0',
    'delete from orders',
    'replace into orders (id) values (1)',
    'truncate orders',
    'drop table orders',
    'create table mine (id int)',
    'create table mine as select * from orders',
    'alter table orders add column x int',
    'rename table orders to gone',
    'select 1; drop table orders',
    'select 1; commit; delete from orders',
    'commit',
    'rollback',
    'start transaction read write',
    'set transaction read write',
    'set session transaction read write',
    'set global max_connections = 1',
    "set global general_log = 'on'",
    'set @x = 1',
    'set role boss',
    'select @x := 1',
    `select * from orders into outfile '${FILE}'`,
    `select * into outfile '${FILE}' from orders`,
    `select * into dumpfile '${FILE}' from orders`,
    'select 1 into @x',
    "select load_file('/etc/passwd')",
    "select `load_file`('/etc/passwd')",
    "load data infile '/etc/passwd' into table orders",
    "load data local infile '/etc/passwd' into table orders",
    'select sleep(3600)',
    'select `sleep`(3600)',
    'select SLEEP (3600)',
    'select sleep/**/(3600)',
    "select benchmark(1e12, sha2('x', 512))",
    "select get_lock('x', 3600)",
    '/*! delete from orders */',
    'select 1 /*!, sleep(3600) */',
    'select 1 /*M! into outfile "/tmp/muster-stolen" */',
    '/*!50000 drop table orders */',
    'select /*+ SET_VAR(max_execution_time=0) */ 1',
    'select 1 -- \n; drop table orders',
    'select 1 # \n; drop table orders',
    "select '\\'; drop table orders; -- '",
    "select '\\\\'; drop table orders; -- '",
    `select "\\"; drop table orders; -- "`,
    "select 'a''; drop table orders; -- '",
    'with x as (select 1) delete from orders',
    'with x as (select 1) update orders set cents = 0',
    'select * from orders for update',
    'select * from orders lock in share mode',
    'lock tables orders write',
    'flush tables',
    'kill 1',
    'shutdown',
    'call raise_price()',
    'do sleep(3600)',
    'handler orders open',
    "prepare p from 'delete from orders'",
    'execute p',
    "execute immediate 'delete from orders'",
    'begin not atomic delete from orders; end',
    'select hidden()',
    'select nextval(counter)',
    'select next value for counter',
    'select setval(counter, 99)',
    'select * from orders procedure analyse()',
    'select word from other.secret',
    'create user evil',
    'grant all on *.* to reader',
    'install plugin x soname "x.so"',
    'analyze delete from orders',
    'explain delete from orders',
    'analyze table orders',
    "help 'x'",
    '',
    ';',
    "select 'unfinished",
    'select /* unfinished',
    '\u0000select 1',
  ];

  test('nothing hostile changes anything, as a reader or as a careless administrator', async () => {
    const untouched = await fingerprint();
    const answers: string[] = [];
    for (const user of ['reader', 'boss']) {
      for (const sql of HOSTILE) {
        const answer = await ask(sql, [], user);
        if (answer.ok || /reason of its own|hunter2|swordfish/.test(answer.error))
          answers.push(`${user}: ${sql} ${answer.ok ? '' : answer.error}`);
      }
    }
    expect(await fingerprint()).toEqual(untouched);
    expect(existsSync(FILE)).toBe(false);
    // An administrator may read every table, and a text is only a text.
    expect(answers.filter((answer) => !/other\.secret|select '.*; drop|select ".*; drop/.test(answer))).toEqual([]);
    expect(HOSTILE.length).toBeGreaterThan(40);
  }, 120_000);

  test('what takes long is ended, at the server too', async () => {
    const long = 'select count(*) from orders a, orders b, orders c, orders d where a.id + b.id + c.id + d.id = 1';
    expect(await ask(long)).toEqual({
      ok: false,
      error: expect.stringMatching(/max_statement_time|execution time|interrupted/i),
    });
    // The server answers first and takes the statement off its list a moment later.
    const left =
      "select id from information_schema.processlist where info like '%orders d%' and info not like '%processlist%'";
    await expect.poll(() => server.admin(left), { timeout: 10_000 }).toEqual([]);
  });
});

test('rows are written by who may, a few at a time', async () => {
  const write = async (sql: string, params: (string | number)[] = [], access: 'read' | 'write' = 'write') => {
    const { name } = await makeConnector(owner, configuration('writer'));
    return callWith(owner, { name, access }, 'database_write', { sql, params });
  };
  expect(await write('insert into orders (id, customer) values (?, ?)', [6_000, 'new'])).toMatchObject({
    output: { changed: 1 },
  });
  expect(await write('update orders set cents = 6 where id = 6000')).toMatchObject({ output: { changed: 1 } });
  expect(await write('delete from orders where id = 6000')).toMatchObject({ output: { changed: 1 } });
  // What gives back more rows than are shown is written like anything else.
  const copy = 'insert into orders (id, customer, cents) select id + 10000, customer, cents from orders returning id';
  expect(await write(copy)).toMatchObject({ output: { truncated: true, rowCount: MAX_ROWS } });
  expect(await write('delete from orders where id > 10000')).toMatchObject({ output: { changed: 3_000 } });
  const untouched = await fingerprint();
  expect(await write('delete from orders where id = 1', [], 'read')).toMatchObject({ ok: false });
  for (const sql of [
    'delete from orders',
    'update orders set cents = 0',
    'drop table orders',
    'commit',
    'select 1; select 2',
    'call raise_price()',
  ]) {
    expect(await write(sql)).toMatchObject({ ok: false });
  }
  expect(await fingerprint()).toEqual(untouched);
});

test('the test of a connector says what answers, what is wrong, and what a login may do', async () => {
  const tested = async (...about: Parameters<typeof configuration>) =>
    testConnector(owner, { connectorId: (await makeConnector(owner, configuration(...about))).id });
  expect(await tested('reader')).toMatchObject({ state: 'ok', stateMessage: expect.stringMatching(/MariaDB/) });
  expect((await tested('boss')).warnings).toEqual([expect.stringMatching(/administer/)]);
  const broken = (stateMessage: RegExp) => ({ state: 'broken', stateMessage: expect.stringMatching(stateMessage) });
  expect(await tested('reader', { password: 'wrong-password' })).toMatchObject(broken(/login reader is refused/));
  expect(await tested('boss', { database: 'missing' })).toMatchObject(broken(/no database missing/));
  expect(await tested('reader', { port: 9 })).toMatchObject(broken(/refuses connections/));
  expect(await tested('reader', { tls: 'verify' })).toMatchObject(broken(/encrypted|closed the connection/));
});
