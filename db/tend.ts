import type postgres from 'postgres';
import { sharedSql } from './client';

/**
 * PGlite has no autovacuum. Without statistics a statement that was planned while its tables were empty keeps that plan:
 * to an empty table every index is as good as the right one. ANALYZE has it planned anew. Half as many changes as rows
 * make it due, so that it is rare on large tables; it reads a sample, so that it takes no longer there.
 * Vacuum is for queues: tables of which far more rows are gone than there.
 */
const DUE = `
select format('%I.%I', schemaname, relname) as name, n_dead_tup > greatest(5000, 2 * n_live_tup) as "isQueue"
from pg_stat_user_tables
where schemaname <> 'runner'
  and (n_mod_since_analyze > greatest(500, n_live_tup / 2) or n_dead_tup > greatest(5000, 2 * n_live_tup))`;

/** @returns the tables that were due. */
export async function tendTables(sql: postgres.Sql = sharedSql()): Promise<string[]> {
  // What this session counted itself is told once in a while; now.
  await sql.unsafe('select pg_stat_force_next_flush()');
  const due = await sql.unsafe<{ name: string; isQueue: boolean }[]>(DUE);
  for (const { name, isQueue } of due)
    await sql.unsafe(isQueue ? `vacuum (truncate false, analyze) ${name}` : `analyze ${name}`);
  return due.map(({ name }) => name);
}
