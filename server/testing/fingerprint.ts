import { sql } from 'drizzle-orm';
import { database, openPool } from '@/db/client';
import { tenantTables } from '@/db/testing/catalogue';

let statement: Promise<string> | undefined;

/** One `select` over every tenant table the catalogue knows, made once. */
async function writeStatement(): Promise<string> {
  const pool = openPool(1);
  const tables = await tenantTables(pool);
  await pool.end();
  const members = 'select user_id from memberships where org_id = $org';
  const sources = [
    ...tables.map(({ name, column }) => ({ name, where: `t."${column}" = $org` })),
    { name: 'users', where: `t.id in (${members})` },
    { name: 'sessions', where: `t.user_id in (${members})` },
  ];
  const hashes = sources.map(
    ({ name, where }) => `select '${name}' as source, md5(string_agg(row, e'\\n' order by row)) as hash from (
      select (to_jsonb(t) - 'last_used_at')::text as row from "${name}" t
      where ${where} and to_jsonb(t)->>'action' is distinct from 'access.denied') rows`,
  );
  return hashes.join(' union all ');
}

/**
 * A hash of every row an organization has, by table, and of its members and their sessions. Read outside of row security,
 * so that nothing hides. Left out: that somebody was refused, and when a key was last shown.
 */
export async function fingerprint(orgId: string): Promise<Record<string, string | null>> {
  statement ??= writeStatement();
  const text = (await statement).replaceAll('$org', `'${orgId}'`);
  const rows = await database().execute<{ source: string; hash: string | null }>(sql.raw(text));
  return Object.fromEntries(rows.map(({ source, hash }) => [source, hash]));
}

/** How often the organization noted that somebody was refused. */
export async function countDenied(orgId: string): Promise<number> {
  const rows = await database().execute(
    sql`select from audit_entries where org_id = ${orgId} and action = 'access.denied'`,
  );
  return rows.count;
}

/** The tables in which two fingerprints differ. */
export const changedTables = (before: Record<string, unknown>, after: Record<string, unknown>): string[] =>
  Object.keys(before).filter((table) => before[table] !== after[table]);
