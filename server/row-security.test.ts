import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { beforeAll, expect, test } from 'vitest';
import { openPool } from '@/db/client';
import { tenantTables } from '@/db/testing/catalogue';
import { asSystem, type TenantContext, withTenant, withUser } from './context';
import { makeMember, makeOrganization } from './testing/factories';
import { makeScene, type Scene } from './testing/scene';
import { setSilentRunner } from './testing/silent-runner';

let mine: Scene;
let theirs: Scene;
let tables: { name: string; column: string }[];
beforeAll(async () => {
  setSilentRunner();
  [mine, theirs] = [await makeScene(), await makeScene()];
  const pool = openPool(1);
  tables = await tenantTables(pool);
  await pool.end();
});

type Row = Record<string, unknown>;
const orgOf = (scene: Scene): string => scene.owner.org.id;
const rowsOf = (table: string, column: string, orgId: string): Promise<Row[]> =>
  asSystem((db) =>
    db.execute<Row>(
      sql`select * from ${sql.identifier(table)} t where ${sql.identifier(column)} = ${orgId} order by t::text`,
    ),
  );

/** SQLSTATE of what `work` fails with inside a transaction of `mine`; nothing of it is kept. */
async function refusal(work: (tx: TenantContext) => Promise<unknown>): Promise<string> {
  const done = new Error('done');
  try {
    await withTenant(mine.owner, async (tx) => {
      await work(tx);
      throw done;
    });
  } catch (error) {
    if (error === done) return 'none';
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof postgres.PostgresError) return `${cause.code} ${cause.message.split(' "')[0]}`;
    throw error;
  }
  return 'none';
}
const VIOLATES = '42501 new row violates row-level security policy for table';

test('each organization of the test has rows in every tenant table', async () => {
  for (const { name, column } of tables) {
    expect([name, (await rowsOf(name, column, orgOf(theirs))).length > 0]).toEqual([name, true]);
  }
});

test("bound to one organization, no statement sees or changes another's rows", async () => {
  for (const { name, column } of tables) {
    const before = await rowsOf(name, column, orgOf(theirs));
    const [table, org] = [sql.identifier(name), sql.identifier(column)];
    const foreign = sql`${org} = ${orgOf(theirs)}`;
    const count = async (tx: TenantContext, query: ReturnType<typeof sql>) => (await tx.db.execute(query)).count;

    const seen = await withTenant(mine.owner, (tx) => count(tx, sql`select from ${table} where ${foreign}`));
    const all = await withTenant(mine.owner, (tx) => count(tx, sql`select from ${table}`));
    expect([name, seen, all]).toEqual([name, 0, (await rowsOf(name, column, orgOf(mine))).length]);

    const appendOnly = ['audit_entries', 'ledger_entries'].includes(name);
    const touching = [
      sql`update ${table} set ${org} = ${org} where ${foreign}`,
      sql`delete from ${table} where ${foreign}`,
    ];
    for (const statement of touching) {
      const outcome = await refusal(async (tx) => expect(await count(tx, statement)).toBe(0));
      expect([name, outcome]).toEqual([name, appendOnly ? `42501 permission denied for table ${name}` : 'none']);
    }

    const copy = sql`insert into ${table} select * from json_populate_record(null::${table}, ${JSON.stringify(before[0])}::json)`;
    expect([name, await refusal((tx) => tx.db.execute(copy))]).toEqual([name, VIOLATES]);
    if (!appendOnly) {
      const give = sql`update ${table} set ${org} = ${orgOf(theirs)} where ${org} = ${orgOf(mine)}`;
      expect([name, await refusal((tx) => tx.db.execute(give))]).toEqual([name, VIOLATES]);
    }
    expect(await rowsOf(name, column, orgOf(theirs))).toEqual(before);
  }
});

test('a member of both organizations sees only the one they are in at the moment', async () => {
  const [here, there] = [await makeOrganization(), await makeOrganization()];
  const both = await makeMember(here, 'developer');
  await asSystem((db) =>
    db.execute(
      sql`insert into memberships (org_id, user_id, role) values (${there.org.id}, ${both.actor.id}, 'viewer')`,
    ),
  );
  const inside = await withTenant(both, async ({ db }) => [
    ...(await db.execute<{ id: string }>(sql`select id from organizations`)),
    ...(await db.execute<{ id: string }>(sql`select org_id as id from memberships where user_id = ${both.actor.id}`)),
  ]);
  expect(inside.map(({ id }) => id)).toEqual([here.org.id, here.org.id]);
});

test('a person sees their own memberships and the organizations of these, nothing else', async () => {
  const member = await makeMember(mine.owner, 'viewer');
  const seen = await withUser(member.actor.id, async (db) => {
    const rows: Record<string, number> = {};
    for (const { name } of tables) rows[name] = (await db.execute(sql`select from ${sql.identifier(name)}`)).count;
    const [membership] = await db.execute<{ user_id: string; org_id: string }>(
      sql`select user_id, org_id from memberships`,
    );
    return { rows, membership, users: (await db.execute(sql`select id from users`)).count };
  });
  const nothing = Object.fromEntries(tables.map(({ name }) => [name, 0]));
  expect(seen.rows).toEqual({ ...nothing, memberships: 1, organizations: 1 });
  expect(seen.membership).toEqual({ user_id: member.actor.id, org_id: orgOf(mine) });
  expect(seen.users).toBe(1);
});

test('the tenant role alone sees nothing, and nothing of a transaction is left after it', async () => {
  const pool = openPool(1);
  const settings = async (db: postgres.ISql) => {
    const [row] = await db`select current_user::text as role, coalesce(current_setting('app.org_id', true), '') as org,
      coalesce(current_setting('app.user_id', true), '') as person`;
    return row;
  };
  const login = await settings(pool);
  const rows = await pool.begin(async (tx) => {
    await tx`select set_config('role', 'muster_tenant', true)`;
    const found = [];
    for (const { name } of [...tables, { name: 'users' }]) found.push(...(await tx`select 1 from ${tx(name)} limit 1`));
    return found;
  });
  expect(rows).toEqual([]);
  await pool.begin(async (tx) => {
    await tx`select set_config('role', 'muster_tenant', true), set_config('app.org_id', ${orgOf(mine)}, true)`;
    expect(await settings(tx)).toMatchObject({ role: 'muster_tenant', org: orgOf(mine) });
  });
  expect(await settings(pool)).toEqual(login);
  await pool.end();
});

test('what is not a tenant table is closed: password hashes, sessions, the runner, events of others', async () => {
  const closed = [
    sql`select password_hash from users`,
    sql`select 1 from sessions`,
    sql`select 1 from runner.event`,
    sql`select 1 from system.outbox`,
    sql`delete from system.outbox`,
    sql`update users set name = 'me'`,
    sql`create table mine (id int)`,
    sql`alter table agents disable row level security`,
  ];
  for (const statement of closed) {
    expect(await refusal((tx) => tx.db.execute(statement))).toMatch(/^42501 /);
  }
});
