import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogueFaults } from './testing/catalogue';
import { makeDatabase, makeEmbeddedDatabase, type OwnDatabase } from './testing/database';

let database: OwnDatabase;
beforeAll(async () => {
  database = await makeDatabase();
});
afterAll(() => database.drop());

test('nothing in the catalogue lets one organization reach rows of another', async () => {
  expect(await catalogueFaults(database.sql)).toEqual([]);
});

test('nor does it in the embedded database', async () => {
  const embedded = await makeEmbeddedDatabase();
  const faults = await catalogueFaults(embedded.sql);
  await embedded.drop();
  expect(faults).toEqual([]);
});

/** What the check says after `damage`, which is undone again. */
async function faultsAfter(damage: string): Promise<string[]> {
  const undo = new Error('undo');
  let faults: string[] = [];
  const attempt = database.sql.begin(async (tx) => {
    await tx.unsafe(damage);
    faults = await catalogueFaults(tx);
    throw undo;
  });
  await expect(attempt).rejects.toBe(undo);
  return faults;
}

const POLICY_EXPRESSION = "org_id = (select nullif(current_setting('app.org_id', true), '')::uuid)";
const SPARE = 'create table spare (org_id uuid not null, id uuid not null, agent_id uuid, primary key (org_id, id))';
const SECURED = `${SPARE};
  alter table spare enable row level security; alter table spare force row level security;
  create policy tenant on spare using (${POLICY_EXPRESSION}) with check (${POLICY_EXPRESSION});
  create policy visible on spare as restrictive to muster_member
    using (agent_id not in (select p.agent_id from private_agents p));
  grant select, insert, update, delete on spare to muster_tenant`;

test('a new tenant table made as it should be is no fault', async () => {
  expect(await faultsAfter(SECURED)).toEqual([]);
});

describe('a planted fault is named', () => {
  test.each([
    ['drop policy tenant on agents', 'agents has no policy that binds reading and writing to app.org_id'],
    ['alter table agents no force row level security', 'public.agents does not force row security on its owner'],
    ['alter table runs disable row level security', 'public.runs has no row security'],
    ['alter table users disable row level security', 'public.users has no row security'],
    ['alter policy tenant on spans using (true)', 'spans has no policy that binds reading and writing to app.org_id'],
    ['alter policy tenant on spans with check (true)', 'policy tenant of spans opens rows beyond app.org_id'],
    [
      `drop policy tenant on approvals; create policy tenant on approvals using (${POLICY_EXPRESSION})`,
      'policy tenant of approvals opens rows beyond app.org_id',
    ],
    ['create policy all_read on runs for select using (true)', 'policy all_read of runs opens rows beyond app.org_id'],
    [
      "alter policy own_memberships on memberships using (user_id = nullif(current_setting('app.user_id', true), '')::uuid)",
      'policy own_memberships of memberships opens rows beyond app.org_id',
    ],
    ['drop policy visible on agents', 'agents shows what belongs to private agents'],
    ['drop policy visible on runs', 'runs shows what belongs to private agents'],
    ['alter policy visible on spans to muster_tenant', 'spans shows what belongs to private agents'],
    ['alter policy visible on artifacts using (true)', 'artifacts shows what belongs to private agents'],
    [`${SECURED}; drop policy visible on spare`, 'spare shows what belongs to private agents'],
    ['create view all_agents as select * from agents', 'view public.all_agents is not security_invoker'],
    [
      'create materialized view agent_names as select name from agents',
      'public.agent_names is a materialized view: it holds rows without policies',
    ],
    [
      "create function count_agents() returns bigint language sql security definer as 'select count(*) from agents'",
      'function count_agents() is SECURITY DEFINER',
    ],
    ['alter role muster_tenant bypassrls', 'role muster_tenant bypasses row security'],
    ['alter role muster_tenant login', 'role muster_tenant may log in'],
    ['alter role muster_member bypassrls', 'role muster_member bypasses row security'],
    ['grant pg_read_all_data to muster_member', 'role muster_member is a member of another role'],
    ['grant pg_read_all_data to muster_tenant', 'role muster_tenant is a member of another role'],
    ['grant create on schema public to muster_tenant', 'role muster_tenant may create in public'],
    [`${SECURED}; alter table spare owner to muster_tenant`, 'role muster_tenant owns something'],
    ['grant usage on schema runner to muster_tenant', 'role muster_tenant has rights on schema runner'],
    [
      'grant select (password_hash) on users to muster_tenant',
      'muster_tenant has SELECT on public.users.password_hash',
    ],
    ['grant select on sessions to public', 'muster_tenant has SELECT on public.sessions'],
    ['grant update on audit_entries to muster_tenant', 'muster_tenant has UPDATE on public.audit_entries'],
    ['grant delete on audit_entries to muster_tenant', 'muster_tenant has DELETE on public.audit_entries'],
    ['grant truncate on runs to muster_tenant', 'muster_tenant has TRUNCATE on public.runs'],
    ['grant select on system.outbox to muster_tenant', 'muster_tenant has SELECT on system.outbox'],
    ['revoke insert on system.outbox from muster_tenant', 'muster_tenant lacks INSERT on system.outbox'],
    ['grant usage on sequence runner.generation to muster_tenant', 'muster_tenant may use sequence runner.generation'],
    [SPARE, 'public.spare has no row security'],
    [`${SECURED}; alter table spare drop constraint spare_pkey`, 'spare has no primary key'],
    ['create table notes (id uuid primary key)', 'public.notes has no org_id and is not on the list of global tables'],
    [
      'alter table idempotency_keys drop constraint idempotency_keys_org_id_actor_id_key_pk; ' +
        'alter table idempotency_keys alter column org_id drop not null',
      'public.idempotency_keys.org_id may be null',
    ],
    ['alter table agents add unique (name)', 'index agents_name_key of agents is not led by org_id'],
    ['create index runs_model on runs (model)', 'index runs_model of runs is not led by org_id'],
    [
      `alter table agents add constraint agents_id_key unique (id); ${SECURED};
       alter table spare add constraint spare_agent foreign key (agent_id) references agents (id)`,
      'foreign key spare_agent of spare is not led by org_id',
    ],
  ])('%s', async (damage, fault) => {
    expect(await faultsAfter(damage)).toContain(fault);
  });
});
