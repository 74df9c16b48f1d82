import { createHash } from 'node:crypto';
import type postgres from 'postgres';

/** Where the copies of a run go. */
export interface Template {
  orgId: string;
  runId: string;
  /** An agent that has one run in a thousand. */
  rareAgentId: string;
  /** Milliseconds since 1970; copy `n` is `n` half seconds older. */
  at: number;
}

const CHUNK = 20_000;
const STEP_MS = 500;
/** Steps of a long run follow each other. */
const STEP_FORWARD = `+ n * interval '5 milliseconds'`;

/** The id of copy `n`: ordered by time as all ids are, and known without asking. */
export function copyId({ at }: Template, n: number): string {
  const time = (at - n * STEP_MS).toString(16).padStart(12, '0');
  const hash = createHash('md5').update(String(n)).digest('hex');
  const hex = `${time}7${hash.slice(0, 3)}8${hash.slice(3, 18)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const idOf = ({ at }: Template): string =>
  `(lpad(to_hex(${at} - n::bigint * ${STEP_MS}), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid`;

/** What differs from copy to copy, so that every filter finds something and leaves something out. */
const VARIED: Record<string, (template: Template) => string> = {
  id: idOf,
  conversation_id: idOf,
  agent_id: ({ rareAgentId }) => `case when n % 1000 = 0 then '${rareAgentId}'::uuid else t.agent_id end`,
  status: () => `case when n % 50 = 0 then 'failed' when n % 97 = 0 then 'cancelled' else t.status end`,
  error_code: () => `case when n % 50 = 0 then 'provider_unavailable' end`,
  trigger: () => `(array['api', 'app', 'editor'])[1 + n % 3]`,
  cost_micros: () => 'n % 5000',
  input_preview: () => `'Question ' || n || ' about ' || md5(n::text)`,
};

interface Column {
  name: string;
  type: string;
  /** Part of a key that names neither run nor row: a copy of it would be a duplicate. */
  unique: boolean;
}

/**
 * Copies a run that ended, with every row of it in every table that has rows of runs: `from` to `to`, oldest first. Made
 * from the catalogue, so that it needs no change when a table gets a column. The login must be a superuser.
 */
export async function copyRun(
  sql: postgres.Sql,
  template: Template,
  { from, to, onProgress }: { from: number; to: number; onProgress?: (copies: number) => void },
): Promise<void> {
  const { orgId, runId } = template;
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'run_id' order by 1`;
  const ofRun = `t.org_id = '${orgId}' and t.run_id = '${runId}'`;
  const copies = [
    await copying(sql, 'public.runs', `t.org_id = '${orgId}' and t.id = '${runId}'`, (column) =>
      VARIED[column]?.(template),
    ),
    await copying(sql, 'public.audit_entries', `t.org_id = '${orgId}' and t.resource_id = '${runId}'`, (column) =>
      column === 'resource_id' ? `(${idOf(template)})::text` : undefined,
    ),
    ...(await Promise.all(
      tables.map(({ name }) =>
        copying(sql, `public.${name}`, ofRun, (column) => (column === 'run_id' ? idOf(template) : undefined)),
      ),
    )),
    ...(await copyingRunner(sql, template)),
  ];
  const session = await sql.reserve();
  try {
    // Constraints hold for the copies because they hold for what is copied.
    await session.unsafe(`set session_replication_role = replica; set synchronous_commit = off`);
    for (let end = to; end >= from; end -= CHUNK) {
      const start = Math.max(from, end - CHUNK + 1);
      for (const statement of copies)
        await session.unsafe(statement.replaceAll(':series', `generate_series(${end}, ${start}, -1) n`));
      onProgress?.(to - start + 1);
    }
    await session.unsafe('reset session_replication_role; reset synchronous_commit');
  } finally {
    session.release();
  }
  await sql.unsafe('vacuum analyze');
  // What is still to be written of so much at once would be waited for by whatever is measured next.
  await sql.unsafe('checkpoint');
}

/** The statement that copies the rows `where` finds, once for each `n` of `:series`. */
async function copying(
  sql: postgres.Sql,
  table: string,
  where: string,
  vary: (column: string) => string | undefined,
  shift = `- n * interval '${STEP_MS} milliseconds'`,
): Promise<string> {
  const columns = await sql<Column[]>`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      exists (select from pg_index i where i.indrelid = a.attrelid and i.indisunique and a.attnum = any (i.indkey)
        and not exists (select from pg_attribute o where o.attrelid = a.attrelid and o.attnum = any (i.indkey)
          and o.attname in ('id', 'run_id') and o.attname <> a.attname)) as unique
    from pg_attribute a
    where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
    order by a.attnum`;
  const values = columns.map(({ name, type, unique }) => {
    const own = vary(name);
    if (own) return own;
    if (name === 'org_id') return 't.org_id';
    if (type.startsWith('timestamp')) return `t."${name}" ${shift}`;
    if (unique && type === 'uuid') return 'gen_random_uuid()';
    if (unique && type === 'text') return `t."${name}" || '-' || n`;
    return `t."${name}"`;
  });
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  return `insert into ${table} (${names}) select ${values.join(', ')} from ${table} t, :series where ${where}`;
}

/** What the embedded runner keeps of the run until its retention is over. */
async function copyingRunner(sql: postgres.Sql, template: Template): Promise<string[]> {
  const { runId } = template;
  const runs = await sql<{ id: string; eventId: string }[]>`
    select r.id, r.event_id as "eventId" from runner.run r join runner.event e on e.id = r.event_id
    where e.payload like ${`%${runId}%`}`;
  const named = (column: string) => {
    // After a day nothing has a key any more.
    if (column.endsWith('_key')) return 'null';
    return /^(?:run_id|event_id)$/.test(column) ? `t."${column}" || '-' || n` : undefined;
  };
  const withId = (column: string) => (column === 'id' ? `t.id || '-' || n` : named(column));
  const event = (column: string) =>
    column === 'payload' ? `replace(t.payload, '${runId}', ${idOf(template)}::text)` : withId(column);
  const copies = runs.flatMap(({ id, eventId }) => [
    copying(sql, 'runner.event', `t.id = '${eventId}'`, event),
    copying(sql, 'runner.run', `t.id = '${id}'`, withId),
    copying(sql, 'runner.step', `t.run_id = '${id}'`, named),
  ]);
  return Promise.all(copies);
}

/** Gives copy `n` of a run so many spans: turns of a model call and a tool call. @returns its id */
export async function lengthen(sql: postgres.Sql, template: Template, n: number, spans: number): Promise<string> {
  const runId = copyId(template, n);
  const { orgId } = template;
  await sql.begin(async (tx) => {
    await tx.unsafe('set local session_replication_role = replica');
    for (const table of ['span_payloads', 'spans']) {
      const values = (column: string) =>
        ({
          run_id: 't.run_id',
          seq: 'n',
          step_key: `case when n % 2 = 1 then 'model-' || n / 2 else 'tool-' || n / 2 - 1 || '-0' end`,
          parent_seq: 'case when n % 2 = 0 then n - 1 end',
          attempt: '0',
        })[column];
      // The first span is a model's, the second its tool's.
      const where = `t.org_id = '${orgId}' and t.run_id = '${runId}' and t.seq = s.seq`;
      const copy = await copying(tx as unknown as postgres.Sql, `public.${table}`, where, values, STEP_FORWARD);
      await tx.unsafe(`create temp table first_two on commit drop as
        select seq, row_number() over (order by seq) as nth from spans where org_id = '${orgId}' and run_id = '${runId}' order by seq limit 2`);
      await tx.unsafe(
        copy.replace(':series', `generate_series(1001, ${1000 + spans}) n join first_two s on s.nth = 2 - n % 2`),
      );
      await tx.unsafe('drop table first_two');
    }
    await tx.unsafe(`update runs set revision = revision + 10000 where org_id = '${orgId}' and id = '${runId}'`);
  });
  return runId;
}
