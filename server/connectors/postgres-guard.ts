import type { ConnectorAccess } from '@/lib/contracts/connectors';
import { Forbidden, Invalid } from '../errors';

/** What a statement may be at its top, and what it may have inside. Everything else is refused. */
const READING = new Set(['SelectStmt', 'ExplainStmt', 'VariableShowStmt']);
const WRITING = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/**
 * Functions that read the server's files, leave the transaction, change the session, or run SQL that is hidden in a text.
 * A second fence: the first is the login, which should have no right to them.
 */
const REFUSED_FUNCTIONS =
  /^(pg_read_.*|pg_ls_.*|pg_stat_file|pg_file_.*|pg_logdir_ls|lo_.*|loread|lowrite|dblink.*|postgres_fdw.*|set_config|pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_rotate_.*|pg_switch_.*|pg_create_.*|pg_drop_.*|pg_replication_.*|pg_logical_.*|pg_copy_.*|pg_(try_)?advisory_.*|pg_notify|pg_promote|pg_backup_.*|pg_(start|stop)_backup|pg_wal_.*|pg_export_snapshot|pg_log_.*|pg_execute_.*|pg_import_.*|pg_sync_.*|pg_stat_reset.*|pg_stat_statements_reset|pg_current_logfile|pg_restore_.*|pg_clear_.*|pg_set_.*|pg_read|query_to_xml.*|table_to_xml.*|schema_to_xml.*|database_to_xml.*|cursor_to_xml.*|ts_stat|ts_rewrite|crosstab.*|connectby|nextval|setval|currtid2?|plpy.*|inet_server_.*|xpath_table)$/;

const MAX_LENGTH = 20_000;
const MAX_DEPTH = 300;

/**
 * Reads a statement with PostgreSQL's own parser.
 * @throws Invalid for what is no single statement, Forbidden for one that is not of the kinds this access allows.
 */
export async function checkPostgres(sql: string, access: ConnectorAccess): Promise<void> {
  if (sql.length > MAX_LENGTH) throw new Invalid(`The statement is longer than ${MAX_LENGTH} characters.`);
  if (nestingOf(sql) > MAX_DEPTH) throw new Invalid('The statement is nested too deep.');
  // Loaded at the first statement: it is WebAssembly, and compiled when it is loaded.
  const { parse } = await import('libpg-query');
  const { stmts = [] } = await parse(sql).catch((error: unknown) => {
    throw new Invalid(`This is not SQL as PostgreSQL reads it: ${error instanceof Error ? error.message : 'unknown'}.`);
  });
  const [first] = stmts;
  if (stmts.length !== 1 || !first?.stmt) throw new Invalid('Send one statement at a time.');
  const [kind = ''] = Object.keys(first.stmt);
  const allowed = access === 'write' ? WRITING : READING;
  if (!allowed.has(kind)) throw refused(access, kind);
  walk(first.stmt, allowed, access, 0);
}

/** Looks into every node: a statement inside a statement, a function, a clause. */
function walk(node: unknown, allowed: ReadonlySet<string>, access: ConnectorAccess, depth: number): void {
  if (depth > 4_000) throw new Invalid('The statement is nested too deep.');
  if (Array.isArray(node)) {
    for (const item of node) walk(item, allowed, access, depth + 1);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (/^[A-Z]\w*Stmt$/.test(key) && !allowed.has(key)) throw refused(access, key);
    if (key === 'intoClause') throw refused(access, 'SELECT INTO');
    if (key === 'lockingClause' && access === 'read') throw refused(access, 'FOR UPDATE');
    if (key === 'FuncCall') checkFunction(value);
    if (access === 'write' && (key === 'UpdateStmt' || key === 'DeleteStmt') && !hasWhere(value)) {
      throw new Forbidden('An UPDATE or DELETE without WHERE changes every row. Say which rows are meant.');
    }
    walk(value, allowed, access, depth + 1);
  }
}

const hasWhere = (statement: unknown): boolean =>
  typeof statement === 'object' && statement !== null && 'whereClause' in statement;

function checkFunction(call: unknown): void {
  const { funcname = [] } = call as { funcname?: { String?: { sval?: string } }[] };
  const name = (funcname.at(-1)?.String?.sval ?? '').toLowerCase();
  if (REFUSED_FUNCTIONS.test(name)) throw new Forbidden(`The function ${name} may not be used here.`);
}

const refused = (access: ConnectorAccess, what: string) =>
  new Forbidden(
    access === 'read'
      ? `Only SELECT, EXPLAIN and SHOW are allowed here, not ${what.replace(/Stmt$/, '')}.`
      : `Only SELECT, INSERT, UPDATE, DELETE and MERGE are allowed here, not ${what.replace(/Stmt$/, '')}.`,
  );

function nestingOf(sql: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of sql) {
    if (character === '(' || character === '[') deepest = Math.max(deepest, ++depth);
    if (character === ')' || character === ']') depth -= 1;
  }
  return deepest;
}
