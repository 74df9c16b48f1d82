import type postgres from 'postgres';

/** A pool or a transaction. */
type Queryable = postgres.ISql;

/** Tables of `public` that belong to no organization; the role that tenants act as reads only what is said here. */
const GLOBAL_TABLES: Record<string, { readableColumns: readonly string[] }> = {
  users: { readableColumns: ['id', 'name', 'email', 'created_at'] },
  sessions: { readableColumns: [] },
};

/** What the tenant role may do with a table, where it is not everything on a tenant's and nothing on any other. */
const RIGHTS: Record<string, readonly string[]> = {
  'public.audit_entries': ['SELECT', 'INSERT'],
  'public.ledger_entries': ['SELECT', 'INSERT'],
  'system.mails': ['INSERT'],
  'system.organizations': ['INSERT'],
  'system.outbox': ['INSERT'],
};
const TENANT_RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** Keys and indexes that do not begin with the organization, and why. */
const NOT_LED_BY_ORG: Record<string, string> = {
  organizations_id_pk: 'is the organization',
  organizations_slug_key: 'the slug is in the address: one for the whole server',
  memberships_user: "finds a person's organizations before one is chosen",
};

/** Policies besides `tenant`: what one person may read while no organization is chosen. */
const PERSONAL_POLICIES = ['memberships.own_memberships', 'organizations.own_organizations'];

const SETTING = (name: string, alias: string) =>
  `( SELECT (NULLIF(current_setting('${name}'::text, true), ''::text))::uuid AS "${alias}")`;
const CURRENT_ORG = SETTING('app.org_id', 'nullif');
const CURRENT_USER = SETTING('app.user_id', 'nullif');

/** `with` these, each query below reads like its sentence. */
const WITH = `with
  relation as (
    select c.oid, n.nspname as schema, c.relname as name, c.relkind as kind, c.reloptions as options,
      c.relrowsecurity as secured, c.relforcerowsecurity as forced, format('%s.%s', n.nspname, c.relname) as label
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not exists (
      select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')),
  tenant as (
    select r.*, a.attnum as org, a.attname as column, a.attnotnull as required
    from relation r join pg_attribute a on a.attrelid = r.oid and not a.attisdropped
      and a.attname = case when r.label = 'public.organizations' then 'id' else 'org_id' end
    where r.kind in ('r', 'p', 'f'))`;

interface Table {
  label: string;
  schema: string;
  name: string;
  kind: string;
  secured: boolean;
  forced: boolean;
  options: string[] | null;
  column: string | null;
  required: boolean | null;
}

/** Each table and view of the database, with what makes it a tenant's. */
const readTables = (sql: Queryable) =>
  sql.unsafe<Table[]>(`${WITH} select r.*, r.kind::text, t.column, t.required from relation r
    left join tenant t using (oid) where r.kind in ('r', 'p', 'f', 'v', 'm') order by r.label`);

/** Names of the tables that hold rows of organizations. */
export async function tenantTables(sql: Queryable): Promise<{ name: string; column: string }[]> {
  const tables = await readTables(sql);
  return tables.flatMap(({ name, column }) => (column ? [{ name, column }] : []));
}

/**
 * Everything in the database's catalogue that could let one organization see or change rows of another, in sentences.
 * None is what it must be.
 */
export async function catalogueFaults(sql: Queryable): Promise<string[]> {
  const checks = [tableFaults, policyFaults, visibilityFaults, keyFaults, functionFaults, roleFaults, rightFaults];
  const faults: string[] = [];
  for (const check of checks) faults.push(...(await check(sql)));
  return faults;
}

async function tableFaults(sql: Queryable): Promise<string[]> {
  const tables = await readTables(sql);
  return tables.flatMap(({ label, schema, name, kind, column, required, secured, forced, options }) => {
    if (kind === 'm') return [`${label} is a materialized view: it holds rows without policies`];
    if (kind === 'v')
      return options?.includes('security_invoker=true') ? [] : [`view ${label} is not security_invoker`];
    if (kind === 'f') return [`${label} is a foreign table: policies do not reach its rows`];
    if (!column) {
      if (schema !== 'public') return [];
      if (!(name in GLOBAL_TABLES)) return [`${label} has no org_id and is not on the list of global tables`];
      return secured || GLOBAL_TABLES[name]?.readableColumns.length === 0 ? [] : [`${label} has no row security`];
    }
    return [
      ...(required ? [] : [`${label}.${column} may be null`]),
      ...(secured ? [] : [`${label} has no row security`]),
      ...(forced ? [] : [`${label} does not force row security on its owner`]),
    ];
  });
}

async function policyFaults(sql: Queryable): Promise<string[]> {
  const policies = await sql.unsafe<
    {
      table: string;
      column: string;
      name: string | null;
      command: string;
      using: string | null;
      check: string | null;
    }[]
  >(`${WITH} select t.name as table, t.column, p.polname as name, p.polcmd::text as command,
      pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
    from tenant t left join pg_policy p on p.polrelid = t.oid and p.polpermissive order by 1, 3`);
  const bound = policies.filter(({ column, command, using, check }) => {
    const expected = `(${column} = ${CURRENT_ORG})`;
    return command === '*' && using === expected && check === expected;
  });
  const unbound = [...new Set(policies.map(({ table }) => table))].filter(
    (table) => !bound.some((policy) => policy.table === table),
  );
  const loose = policies.filter((policy) => policy.name && !bound.includes(policy) && !isPersonal(policy));
  return [
    ...unbound.map((table) => `${table} has no policy that binds reading and writing to app.org_id`),
    ...loose.map(({ table, name }) => `policy ${name} of ${table} opens rows beyond app.org_id`),
  ];
}

/** Reads only, only of one person, and only outside of an organization. */
const isPersonal = (policy: { table: string; name: string | null; command: string; using: string | null }): boolean =>
  PERSONAL_POLICIES.includes(`${policy.table}.${policy.name}`) &&
  policy.command === 'r' &&
  (policy.using?.startsWith(`((${CURRENT_ORG} IS NULL) AND (`) ?? false) &&
  (policy.using?.includes(`user_id = ${CURRENT_USER}`) ?? false);

/** Tables with an agent or a run that are no secret: what was paid, without texts; which agents are kept from whom. */
const SEEN_BY_ALL = ['ledger_entries', 'private_agents'];

/** What hangs on an agent is kept from whoever may not see the agent. */
async function visibilityFaults(sql: Queryable): Promise<string[]> {
  const rows = await sql.unsafe<{ name: string }[]>(`${WITH}
    select t.name from tenant t where (t.name = 'agents' or exists (
        select from pg_attribute a where a.attrelid = t.oid and a.attname in ('agent_id', 'run_id') and not a.attisdropped))
      and not exists (select from pg_policy p where p.polrelid = t.oid and p.polcmd = '*' and not p.polpermissive
        and p.polroles = array['muster_member'::regrole::oid]
        and pg_get_expr(p.polqual, p.polrelid) ~ case t.name when 'agents' then 'owner_id = ' else 'FROM (private_agents p|runs r)' end)
    order by 1`);
  return rows
    .filter(({ name }) => !SEEN_BY_ALL.includes(name))
    .map(({ name }) => `${name} shows what belongs to private agents`);
}

async function keyFaults(sql: Queryable): Promise<string[]> {
  const indexes = await sql.unsafe<{ fault: string; name: string }[]>(`${WITH}
    select i.indexrelid::regclass::text as name,
      format('index %s of %s is not led by %s', i.indexrelid::regclass, t.name, t.column) as fault
    from tenant t join pg_index i on i.indrelid = t.oid where i.indkey[0] <> t.org order by 1`);
  const foreign = await sql.unsafe<{ fault: string }[]>(`${WITH}
    select format('foreign key %s of %s is not led by org_id', k.conname, coalesce(own.name, k.conrelid::regclass::text)) as fault
    from pg_constraint k join tenant other on other.oid = k.confrelid left join tenant own on own.oid = k.conrelid
    where k.contype = 'f' and (own.oid is null or k.conkey[1] <> own.org or k.confkey[1] <> other.org) order by 1`);
  const keyless = await sql.unsafe<{ fault: string }[]>(`${WITH}
    select format('%s has no primary key', t.name) as fault from tenant t
    where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)`);
  return [...indexes.filter(({ name }) => !(name in NOT_LED_BY_ORG)), ...foreign, ...keyless].map(({ fault }) => fault);
}

async function functionFaults(sql: Queryable): Promise<string[]> {
  const rows = await sql.unsafe<{ fault: string }[]>(`
    select format('function %s is SECURITY DEFINER', p.oid::regprocedure) as fault
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`);
  return rows.map(({ fault }) => fault);
}

async function roleFaults(sql: Queryable): Promise<string[]> {
  const rows = await sql.unsafe<{ fault: string }[]>(`
    select format('role %s %s', r.rolname, fault) as fault from pg_roles r, lateral (values
      (r.rolsuper, 'is superuser'), (r.rolbypassrls, 'bypasses row security'), (r.rolcanlogin, 'may log in'),
      (r.rolcreaterole, 'may create roles'), (r.rolcreatedb, 'may create databases'), (r.rolreplication, 'may replicate'),
      (exists (select from pg_auth_members m where m.member = r.oid
        and not (r.rolname = 'muster_member' and m.roleid = 'muster_tenant'::regrole)), 'is a member of another role'),
      (exists (select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid
        and d.deptype = 'o'), 'owns something'),
      (has_schema_privilege(r.oid, 'public', 'CREATE'), 'may create in public'),
      (has_schema_privilege(r.oid, 'system', 'CREATE'), 'may create in system'),
      (has_schema_privilege(r.oid, 'runner', 'USAGE, CREATE'), 'has rights on schema runner')
    ) as checks (bad, fault) where r.rolname in ('muster_tenant', 'muster_member') and bad`);
  const there = await sql`select from pg_roles where rolname in ('muster_tenant', 'muster_member')`;
  return there.length === 2 ? rows.map(({ fault }) => fault) : ['role muster_tenant or muster_member does not exist'];
}

/** What the role may do with each table and column, against what it needs. */
async function rightFaults(sql: Queryable): Promise<string[]> {
  const tables = await sql.unsafe<{ label: string; isTenant: boolean; rights: string[] }[]>(`${WITH}
    select r.label, t.oid is not null as "isTenant", array(
      select p from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) p
      where has_table_privilege('muster_tenant', r.oid, p)) as rights
    from relation r left join tenant t using (oid) where r.kind in ('r', 'p', 'f', 'v', 'm') order by 1`);
  const columns = await sql.unsafe<{ label: string; schema: string; table: string; column: string; right: string }[]>(
    `${WITH} select format('%s.%s', r.label, a.attname) as label, r.schema, r.name as table, a.attname as column, p as right
    from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped,
      unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
    where r.kind in ('r', 'p', 'f', 'v', 'm') and not has_table_privilege('muster_tenant', r.oid, p)
      and has_column_privilege('muster_tenant', r.oid, a.attnum, p) order by 1`,
  );
  const sequences = await sql.unsafe<{ label: string }[]>(`${WITH} select label from relation
    where case when kind = 'S' then has_sequence_privilege('muster_tenant', oid, 'USAGE, SELECT, UPDATE') end order by 1`);
  const mayRead = ({ schema, table, column, right }: (typeof columns)[number]) =>
    schema === 'public' && right === 'SELECT' && (GLOBAL_TABLES[table]?.readableColumns.includes(column) ?? false);
  return [
    ...tables.flatMap(({ label, isTenant, rights }) => {
      const needed = RIGHTS[label] ?? (isTenant ? TENANT_RIGHTS : []);
      const extra = rights.filter((right) => !needed.includes(right));
      const missing = needed.filter((right) => !rights.includes(right));
      return [
        ...extra.map((right) => `muster_tenant has ${right} on ${label}`),
        ...missing.map((right) => `muster_tenant lacks ${right} on ${label}`),
      ];
    }),
    ...columns.filter((column) => !mayRead(column)).map(({ label, right }) => `muster_tenant has ${right} on ${label}`),
    ...sequences.map(({ label }) => `muster_tenant may use sequence ${label}`),
  ];
}
