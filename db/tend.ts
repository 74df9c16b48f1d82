import type postgres from 'postgres';
import { sharedSql } from './client';

/**
 * Without statistics a statement that was planned while its tables were empty keeps that plan: to an empty table every index is
 * as good as the right one, and on what was empty a moment ago such a plan goes through all rows of an organization. ANALYZE has
 * it planned anew. A table that was never looked at is due as soon as there is anything in it, others when half as many rows
 * have changed as there are, so that it is rare on large ones; it reads a sample, so that it takes no longer there.
 * Vacuum is for queues: tables of which far more rows are gone than there. PGlite has no autovacuum at all; that of a server
 * comes by once a minute.
 */
const DUE = `
select format('%I.%I', schemaname, s.relname) as name, n_dead_tup > greatest(5000, 2 * n_live_tup) as "isQueue"
from pg_stat_user_tables s join pg_class c on c.oid = s.relid
where schemaname <> 'runner'
  and (c.reltuples < 0 and pg_relation_size(c.oid) > 0
    or n_mod_since_analyze > greatest(500, n_live_tup / 2) or n_dead_tup > greatest(5000, 2 * n_live_tup))`;

/** @returns the tables that were due. */
export async function tendTables(sql: postgres.Sql = sharedSql()): Promise<string[]> {
  // What this session counted itself is told once in a while; now.
  await sql.unsafe('select pg_stat_force_next_flush()');
  const due = await sql.unsafe<{ name: string; isQueue: boolean }[]>(DUE);
  for (const { name, isQueue } of due)
    await sql.unsafe(`${isQueue ? 'vacuum (truncate false, analyze, skip_locked)' : 'analyze (skip_locked)'} ${name}`);
  return due.map(({ name }) => name);
}
