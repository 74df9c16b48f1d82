import type postgres from 'postgres';
import { expect, test } from 'vitest';
import { tendTables } from './tend';
import { makeEmbeddedDatabase } from './testing/database';

const ORG = '00000000-0000-7000-8000-000000000000';

async function withRuns(count: number, look: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const { sql, drop } = await makeEmbeddedDatabase();
  try {
    await sql`set session_replication_role = replica`;
    await sql`
      insert into runs (org_id, id, workspace_id, agent_id, conversation_id, trigger, status, actor_type, actor_id, model, input_preview)
      select ${ORG}, gen_random_uuid(), ${ORG}, ${ORG}, gen_random_uuid(), 'app', 'completed', 'user', ${ORG}, 'm', 'x' from generate_series(1, ${count}::int)`;
    await look(sql);
  } finally {
    await drop();
  }
}

/** How one run is looked for. */
const planIn = async (sql: postgres.Sql): Promise<string> =>
  JSON.stringify(await sql.unsafe(`explain select status from runs where org_id = '${ORG}' and id = '${ORG}'`));

test('a new table is looked at as soon as there is anything in it: what was planned for an empty one is planned anew', () =>
  withRuns(400, async (sql) => {
    expect(await planIn(sql)).not.toContain('runs_org_id_id_pk');
    expect(await tendTables(sql)).toContain('public.runs');
    expect(await planIn(sql)).toContain('runs_org_id_id_pk');
    expect(await tendTables(sql)).toEqual([]);
  }));

test('a table that has changed much is planned for anew, once; a queue gives its room back', () =>
  withRuns(2_000, async (sql) => {
    await sql`insert into system.outbox (id, name, data) select gen_random_uuid(), 'x', '{}' from generate_series(1, 6000)`;
    await sql`delete from system.outbox`;
    expect(await tendTables(sql)).toEqual(expect.arrayContaining(['public.runs', 'system.outbox']));
    expect(await planIn(sql)).toContain('runs_org_id_id_pk');
    const [outbox] = await sql`select n_dead_tup from pg_stat_user_tables where relname = 'outbox'`;
    expect(Number(outbox?.n_dead_tup)).toBe(0);
    expect(await tendTables(sql)).toEqual([]);
  }));
