import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '@/db/testing/postgres';
import { AgentConnectors } from '@/lib/contracts/connectors';
import { env } from '@/lib/env';
import type { OrgContext } from '../context';
import { makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { MAX_ROWS } from './rows';
import { testConnector } from './service';
import { callWith, makeConnector } from './testing/scene';

let server: TestPostgres;
let admin: postgres.Sql;
let owner: OrgContext;
let port: number;
const before = env.MUSTER_CONNECTOR_PRIVATE_HOSTS;

beforeAll(async () => {
  setSilentRunner();
  server = await startPostgres();
  await server.createDatabase('victim');
  admin = postgres(server.url('victim'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`
    create table orders (id int primary key, customer text, cents bigint, at timestamptz default '2026-01-02T03:04:05Z');
    insert into orders select n, 'customer ' || n, n * 100 from generate_series(1, 5000) n;
    create schema other; create table other.secret (word text); insert into other.secret values ('swordfish');
    create sequence counter; create function raise_price() returns int language sql as 'update orders set cents = cents + 1 returning 1';
    create function hidden() returns int language plpgsql security definer as $$ begin update orders set cents = 0; return 1; end $$;
    create role reader login; grant usage on schema public to reader; grant select on orders to reader; grant usage on sequence counter to reader;
    create role writer login; grant select, insert, update, delete on orders to writer;
    create role owning login; create table owned (id int); alter table owned owner to owning;`);
  port = Number(new URL(server.url()).port);
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
  owner = await makeOrganization();
});
afterAll(async () => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before;
  await admin?.end({ timeout: 1 });
  await server?.stop();
});

const configuration = (
  user: string,
  more: { host?: string; port?: number; database?: string; tls?: 'verify' | 'off' } = {},
) =>
  ({
    kind: 'postgres',
    settings: { host: '127.0.0.1', port, database: 'victim', user, tls: 'off', ca: '', ...more },
    credentials: { password: 'hunter2-canary' },
  }) as const;

/** Everything in the database and around it that a statement could have changed. */
async function fingerprint(): Promise<unknown> {
  const [row] = await admin.unsafe(`select
    (select md5(string_agg(o::text, ',' order by id)) from orders o) as orders,
    (select md5(string_agg(s::text, ',')) from other.secret s) as secret,
    (select string_agg(relname || relkind::text, ',' order by relname) from pg_class where relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_')) as relations,
    (select string_agg(proname, ',' order by proname) from pg_proc where pronamespace = 'public'::regnamespace) as functions,
    (select string_agg(rolname || rolsuper::text, ',' order by rolname) from pg_roles) as roles,
    (select string_agg(datname, ',' order by datname) from pg_database) as databases,
    (select count(*) from pg_largeobject_metadata) as objects,
    (select string_agg(setconfig::text, ',') from pg_db_role_setting) as settings,
    (select last_value from counter) as counter,
    (select count(*) from pg_prepared_xacts) as prepared`);
  return row;
}

describe('reading', () => {
  const ask = async (sql: string, params: (string | number | boolean | null)[] = [], user = 'reader') => {
    const connector = await makeConnector(owner, configuration(user));
    return callWith(owner, { name: connector.name, access: 'read' }, 'database_query', { sql, params });
  };

  test('rows come with times and large numbers as they are, values are bound', async () => {
    expect(await ask('select id, customer, cents, at from orders where customer = $1', ['customer 7'])).toEqual({
      ok: true,
      output: {
        rows: [{ id: 7, customer: 'customer 7', cents: '700', at: '2026-01-02T03:04:05.000Z' }],
        rowCount: 1,
        truncated: false,
      },
    });
    expect(await ask('select $1::text as said', ["'; drop table orders; --"])).toMatchObject({
      output: { rows: [{ said: "'; drop table orders; --" }] },
    });
  });

  test('more rows than the limit, and larger ones, are cut and said to be', async () => {
    expect(await ask('select id from orders')).toMatchObject({ output: { rowCount: MAX_ROWS, truncated: true } });
    const wide = await ask("select repeat('x', 9000) as x from orders");
    expect(wide).toMatchObject({ output: { rowCount: 8, truncated: true } });
    expect(await ask("select repeat('x', 100000000) as x")).toEqual({
      ok: false,
      error: expect.stringMatching(/larger than/),
    });
  });

  test('show and explain are answered', async () => {
    expect(await ask('show server_version')).toMatchObject({ ok: true });
    expect(await ask('explain analyze select count(*) from orders')).toMatchObject({ ok: true });
  });

  const HOSTILE = [
    'insert into orders values (9999)',
    'update orders set cents = 0',
    'delete from orders',
    'truncate orders',
    'drop table orders',
    'create table mine (id int)',
    'alter table orders add column x int',
    'select * into mine from orders',
    'create table mine as select * from orders',
    'with gone as (delete from orders returning *) select * from gone',
    'with new as (insert into orders values (9999) returning *) select * from new',
    'explain analyze delete from orders',
    'explain analyze create table mine as select 1',
    'select 1; drop table orders',
    'select 1; commit; delete from orders',
    'commit; begin; delete from orders',
    'rollback',
    'begin read write',
    'set transaction read write',
    'set session characteristics as transaction read write',
    'set default_transaction_read_only = off',
    'set role writer',
    'reset role',
    'set session authorization muster',
    "select set_config('transaction_read_only', 'off', false)",
    "select pg_catalog.set_config('role', 'writer', false)",
    `select "set_config"('role', 'writer', false)`,
    "select 'delete from orders'::text where set_config('transaction_read_only','off',true) is not null",
    "copy orders to '/tmp/stolen'",
    "copy orders from program 'id'",
    "copy (select 1) to program 'touch /tmp/owned'",
    'copy orders to stdout',
    'do $$ begin delete from orders; end $$',
    'call raise_price()',
    'listen orders',
    "notify orders, 'x'",
    "select pg_notify('orders', 'x')",
    "select pg_read_file('/etc/passwd')",
    "select pg_read_binary_file('/etc/passwd')",
    "select * from pg_ls_dir('/')",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/stolen')",
    'select lo_create(0)',
    "select lo_from_bytea(0, 'x')",
    "select * from dblink('dbname=victim user=muster', 'delete from orders') as t(x int)",
    "select query_to_xml('delete from orders', true, true, '')",
    "select nextval('counter')",
    "select setval('counter', 99)",
    'select pg_terminate_backend(pid) from pg_stat_activity',
    'select pg_advisory_lock(1)',
    'lock table orders',
    'select * from orders for update',
    'vacuum orders',
    'cluster orders',
    'grant all on orders to reader',
    'create role evil superuser login',
    "alter system set archive_command = 'id'",
    'create extension dblink',
    "load '/tmp/evil.so'",
    'prepare p as delete from orders',
    'execute p',
    "prepare transaction 'x'",
    'declare c cursor for select 1',
    'refresh materialized view m',
    'merge into orders o using orders s on o.id = s.id when matched then delete',
    'select raise_price()',
    'select hidden()',
    'select (select hidden()) from orders',
    'select word from other.secret',
    "create or replace function hidden() returns int language sql as 'select 1'",
    "security label on table orders is 'x'",
    'import foreign schema x from server y into z',
    'select /* ; */ 1 /*; */; --\ndelete from orders',
    "select E'\\'; delete from orders; --",
    'select $$; delete from orders; $$ ; delete from orders',
    ';',
    '',
    `select ${'('.repeat(2_000)}1${')'.repeat(2_000)}`,
    `select ${'not '.repeat(4_000)}true`,
    `select ${'1+'.repeat(9_000)}1`,
    `select ${'- '.repeat(9_000)}1`,
    '\u0000select 1',
    'select 1 from (((((((select 1)))))) x; drop table orders',
  ];

  test('nothing hostile changes anything, as a reader or as a careless superuser', async () => {
    const untouched = await fingerprint();
    const answers: string[] = [];
    for (const user of ['reader', 'muster']) {
      for (const sql of HOSTILE) {
        const answer = await ask(sql, [], user);
        if (answer.ok) answers.push(`${user}: ${sql.slice(0, 60)}`);
        else if (/reason of its own|hunter2|swordfish/.test(answer.error))
          answers.push(`${answer.error} ${sql.slice(0, 60)}`);
      }
    }
    expect(await fingerprint()).toEqual(untouched);
    // A superuser may read what it likes, and long sums are only sums: all else was refused.
    expect(answers.filter((answer) => !/other\.secret|1\+1\+|not not|- - /.test(answer))).toEqual([]);
    expect(HOSTILE.length).toBeGreaterThan(40);
  }, 120_000);

  test('the parser answers as before after whatever it was given', async () => {
    expect(await ask('select 1 as one')).toMatchObject({ output: { rows: [{ one: 1 }] } });
  });

  test('what takes long is ended, at the server too', async () => {
    expect(await ask('select pg_sleep(3600)')).toEqual({
      ok: false,
      error: expect.stringMatching(/statement timeout/),
    });
    // The server answers first and is idle a moment later.
    const left = () =>
      admin`select pid from pg_stat_activity where query like '%pg_sleep(3600)%' and pid <> pg_backend_pid() and state = 'active'`;
    await expect.poll(left, { timeout: 10_000 }).toHaveLength(0);
  });
});

describe('writing', () => {
  const write = async (sql: string, params: (string | number)[] = [], given: 'read' | 'write' = 'write') => {
    const connector = await makeConnector(owner, configuration('writer'));
    return callWith(owner, { name: connector.name, access: given }, 'database_write', { sql, params });
  };

  test('rows are added, changed and deleted, and counted', async () => {
    expect(await write('insert into orders values ($1, $2, 5)', [6_000, 'new'])).toMatchObject({
      output: { changed: 1 },
    });
    expect(await write('update orders set cents = 6 where id = 6000 returning cents')).toMatchObject({
      output: { changed: 1, rows: [{ cents: '6' }] },
    });
    expect(await write('delete from orders where id = 6000')).toMatchObject({ output: { changed: 1 } });
  });

  test('an agent that may read cannot, and no statement changes everything or more than rows', async () => {
    const untouched = await fingerprint();
    expect(await write('delete from orders where id = 1', [], 'read')).toEqual({
      ok: false,
      error: 'it may only be read.',
    });
    for (const sql of [
      'delete from orders',
      'update orders set cents = 0',
      'drop table orders',
      'truncate orders',
      'create table x (y int)',
      'commit',
      'select 1; select 2',
      "select set_config('role', 'muster', false)",
      'grant all on orders to public',
    ]) {
      expect(await write(sql)).toMatchObject({ ok: false });
    }
    expect(await fingerprint()).toEqual(untouched);
  });
});

describe('the test of a connector', () => {
  const tested = async (...about: Parameters<typeof configuration>) =>
    testConnector(owner, { connectorId: (await makeConnector(owner, configuration(...about))).id });

  test('says what answers, and warns of what a login may do', async () => {
    expect(await tested('reader')).toMatchObject({
      state: 'ok',
      stateMessage: expect.stringMatching(/^PostgreSQL 18/),
      warnings: [],
    });
    expect((await tested('muster')).warnings).toEqual([expect.stringMatching(/superuser/)]);
    expect((await tested('owning')).warnings).toEqual([expect.stringMatching(/owns tables/)]);
  });

  test.each([
    ['a host that does not exist', { host: 'nowhere.invalid' }, /no host nowhere\.invalid/],
    ['a port where nothing listens', { port: 9 }, /refuses connections to port 9/],
    ['a database that is not there', { database: 'missing' }, /no database missing/],
    ['no TLS', { tls: 'verify' as const }, /encrypted|closed the connection/],
    ['a private network', { host: '169.254.169.254' }, /private network/],
    ['itself by another name', { host: 'localhost' }, /private network/],
  ])('names %s', async (_, more, message) => {
    expect(await tested('reader', more)).toMatchObject({
      state: 'broken',
      stateMessage: expect.stringMatching(message),
    });
  });

  test('names a login that is refused', async () => {
    expect(await tested('nobody')).toMatchObject({
      state: 'broken',
      stateMessage: expect.stringMatching(/login nobody is refused/),
    });
  });
});

test('a connector that is broken says why, and what works again is used again', async () => {
  const { name, id } = await makeConnector(owner, configuration('reader', { port: 9 }));
  const ask = () => callWith(owner, { name, access: 'read' }, 'database_query', { sql: 'select 1' });
  expect(await ask()).toEqual({
    ok: false,
    error: expect.stringMatching(/cannot be used now: .* refuses connections/),
  });
  expect(await ask()).toEqual({ ok: false, error: expect.stringMatching(/it cannot be used now/) });
  const { changeConnector } = await import('./service');
  await changeConnector(owner, {
    connectorId: id,
    description: '',
    access: 'read',
    configuration: configuration('reader'),
  });
  expect(await ask()).toMatchObject({ ok: true });
});

test('aliases: one that fits is taken, of several one must be named, and twice the same is refused', async () => {
  expect(await callWith(owner, { name: 'gone', access: 'read' }, 'database_query', { sql: 'select 1' })).toMatchObject({
    error: expect.stringMatching(/no connector for this tool/),
  });
  const twice = [
    { connector: 'a', alias: 'same' },
    { connector: 'b', alias: 'same' },
  ];
  expect(AgentConnectors.safeParse(twice).success).toBe(false);
});
