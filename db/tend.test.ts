import { expect, test } from 'vitest';
import { tendTables } from './tend';
import { makeEmbeddedDatabase } from './testing/database';

test('a new table is looked at as soon as there is anything in it: what was planned for an empty one is planned anew', async () => {
  const { sql, drop } = await makeEmbeddedDatabase();
  try {
    const org = '00000000-0000-7000-8000-000000000000';
    await sql`set session_replication_role = replica`;
    await sql`
      insert into runs (org_id, id, workspace_id, agent_id, conversation_id, trigger, status, actor_type, actor_id, model, input_preview)
      select ${org}, gen_random_uuid(), ${org}, ${org}, gen_random_uuid(), 'app', 'completed', 'user', ${org}, 'm', 'x' from generate_series(1, 400)`;
    const plan = async () =>
      JSON.stringify(await sql.unsafe(`explain select status from runs where org_id = '${org}' and id = '${org}'`));
    expect(await plan()).not.toContain('runs_org_id_id_pk');
    expect(await tendTables(sql)).toContain('public.runs');
    expect(await plan()).toContain('runs_org_id_id_pk');
    expect(await tendTables(sql)).toEqual([]);
  } finally {
    await drop();
  }
});

test('a table that has changed much is planned for anew, once; a queue gives its room back', async () => {
  const { sql, drop } = await makeEmbeddedDatabase();
  try {
    const org = '00000000-0000-7000-8000-000000000000';
    await sql`set session_replication_role = replica`;
    await sql`
      insert into runs (org_id, id, workspace_id, agent_id, conversation_id, trigger, status, actor_type, actor_id, model, input_preview)
      select ${org}, gen_random_uuid(), ${org}, ${org}, gen_random_uuid(), 'app', 'completed', 'user', ${org}, 'm', 'x' from generate_series(1, 2000)`;
    await sql`insert into system.outbox (id, name, data) select gen_random_uuid(), 'x', '{}' from generate_series(1, 6000)`;
    await sql`delete from system.outbox`;
    expect(await tendTables(sql)).toEqual(expect.arrayContaining(['public.runs', 'system.outbox']));
    const plan = await sql.unsafe(`explain select status from runs where org_id = '${org}' and id = '${org}'`);
    expect(JSON.stringify(plan)).toContain('runs_org_id_id_pk');
    const [outbox] = await sql`select n_dead_tup from pg_stat_user_tables where relname = 'outbox'`;
    expect(Number(outbox?.n_dead_tup)).toBe(0);
    expect(await tendTables(sql)).toEqual([]);
  } finally {
    await drop();
  }
});
