-- What drizzle-kit cannot express; run after every migration and safe to repeat.

-- The role that runs every tenant query: owns nothing, cannot log in, cannot bypass row-level security.
do $$ begin
  create role muster_tenant nologin noinherit;
exception when duplicate_object or unique_violation then null; -- roles belong to the cluster: another database made it
end $$;
do $$ begin
  if not pg_has_role(current_user, 'muster_tenant', 'SET') then
    execute format('grant muster_tenant to %I', current_user);
  end if;
end $$;

-- The role of whoever sees no private agents but their own: everything of `muster_tenant`, less what the policies below say.
do $$ begin
  create role muster_member nologin inherit;
exception when duplicate_object or unique_violation then null;
end $$;
grant muster_tenant to muster_member;
do $$ begin
  if not pg_has_role(current_user, 'muster_member', 'SET') then
    execute format('grant muster_member to %I', current_user);
  end if;
end $$;

grant usage on schema public to muster_tenant;

-- Every table that belongs to an organization: row-level security also for the owner, and rights for the tenant role.
do $$ declare t record; begin
  for t in
    select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r'
      and (c.relname = 'organizations' or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped))
  loop
    execute format('alter table %s enable row level security', t.name);
    execute format('alter table %s force row level security', t.name);
    execute format('grant select, insert, update, delete on %s to muster_tenant', t.name);
  end loop;
end $$;

-- The agents that are private, kept beside them: a short list that is looked through once in a statement, where a million runs
-- would each ask for their agent.
create or replace function note_private_agent() returns trigger language plpgsql as $$ begin
  delete from private_agents where org_id = new.org_id and agent_id = new.id;
  if new.visibility = 'private' then
    insert into private_agents (org_id, agent_id, owner_id) values (new.org_id, new.id, new.owner_id);
  end if;
  return null;
end $$;
create or replace trigger note_private after insert or update of visibility, owner_id on agents
  for each row execute function note_private_agent();

-- What hangs on an agent is seen by whoever sees the agent: a restrictive policy on each table with an agent or a run. Jobs
-- see everything, and policies of `muster_member` are no part of their statements. Money is counted without them. A visitor
-- of a public link sees its agent alone. A run is seen by whoever sees its agent and those of the runs above it; it is
-- written in one statement with its payload, which cannot see it yet: that is why writing is checked in `runs` alone.
-- `case`, because the planner takes it for half of the rows: `and`s and `or`s of settings look to it as if they left next to
-- none, and it would begin a page of the list with all of an organization's agents.
do $$ declare
  t record;
  person text := $q$(select nullif(current_setting('app.user_id', true), '')::uuid)$q$;
  visitor text := $q$(select nullif(current_setting('app.agent_id', true), '')::uuid)$q$;
  hidden text := format('select p.agent_id from private_agents p where p.owner_id is distinct from %s', person);
begin
  for t in
    select c.oid::regclass::text as name, exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'run_id' and not a.attisdropped) as of_run
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and c.relname not in ('private_agents', 'ledger_entries')
      and (c.relname = 'agents' or exists (select from pg_attribute a
        where a.attrelid = c.oid and a.attname in ('agent_id', 'run_id') and not a.attisdropped))
  loop
    execute format('drop policy if exists visible on %s', t.name);
    execute format('create policy visible on %s as restrictive to muster_member using (%s)', t.name, case
      when t.name = 'agents' then format(
        'case when %2$s is null then visibility <> ''private'' or owner_id = %1$s else id = %2$s and visibility <> ''private'' end',
        person, visitor)
      -- `(select true …)` where `exists` would let the planner read all runs of an organization to look up one.
      when t.of_run then format('(select true from runs r where r.org_id = %1$s.org_id and r.id = %1$s.run_id)', t.name)
      else format('case when agent_id in (%s) %s then false when %3$s is null then true else agent_id = %3$s end', hidden,
        case t.name when 'runs' then format('or above && array(%s)', hidden) else '' end, visitor) end);
    if t.of_run then execute format('alter policy visible on %s with check (true)', t.name); end if;
  end loop;
end $$;

-- The audit trail and the ledger are append-only for the application.
revoke update, delete on audit_entries, ledger_entries from muster_tenant;

-- A tenant may see who its members are, never their password hashes.
revoke all on users from muster_tenant;
grant select (id, name, email, created_at) on users to muster_tenant;

-- An event that must not be lost is written in the tenant's transaction; only the system reads it.
grant usage on schema system to muster_tenant;
grant insert on system.outbox to muster_tenant;
grant insert on system.mails to muster_tenant;

-- A new organization makes itself known to the jobs that go from one to the next.
grant insert on system.organizations to muster_tenant;

-- Knowledge search uses vectors where the server has them, and full text everywhere.
do $$ begin
  if exists (select from pg_available_extensions where name = 'vector') then
    create extension if not exists vector;
  end if;
exception when insufficient_privilege then
  raise notice 'pgvector is there, but this login may not create it: ask an administrator to run CREATE EXTENSION vector';
end $$;

-- The runner's queue: few rows at a time, each of them changed or deleted within moments. Vacuumed early, and with room on
-- each page for the next version of a row, it stays as small as it is.
alter table runner.job set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
alter table runner.wait set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
alter table runner.run set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- Statistics of single columns know nothing of one organization: that it has no failed run, say. Then a page of them would be
-- looked for among all its runs by time.
create statistics if not exists runs_by_org_and_status (mcv) on org_id, status from runs;

-- No statement here is long enough to be worth compiling; a guess that it were costs a quarter of a second.
do $$ begin
  execute format('alter role %I in database %I set jit = off', current_user, current_database());
exception when insufficient_privilege then null;
end $$;
