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
