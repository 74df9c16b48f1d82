import type { Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import postgres from 'postgres';
import type { ConnectorAccess } from '@/lib/contracts/connectors';
import type { JsonValue } from '@/lib/contracts/json';
import { connectReachable } from '../../http/reach';
import { literalAddress } from '../../http/target';
import { toConnectorError } from '../failures';
import { CONNECT_MS, type Opened, STATEMENT_MS, type TestReport } from '../opened';
import { checkPostgres } from '../postgres-guard';
import { MAX_WIRE_BYTES, Rows, tooLarge } from '../rows';

export interface SqlStatement {
  sql: string;
  params: readonly (string | number | boolean | null)[];
  access: ConnectorAccess;
}

// The extended protocol: it takes one statement, so that nothing can be stacked behind it.
const ONE_STATEMENT = { simple: false, prepare: false } as postgres.UnsafeQueryOptions;
const LIMITS = `set local statement_timeout = ${STATEMENT_MS}; set local lock_timeout = 5000;
  set local idle_in_transaction_session_timeout = ${STATEMENT_MS + 5_000}; set local standard_conforming_strings = on`;

/**
 * One statement on a connection of its own: reading in a transaction that can only read and is rolled back, writing in one
 * that is committed.
 */
export async function queryPostgres(
  opened: Opened<'postgres'>,
  { sql: text, params, access }: SqlStatement,
  signal: AbortSignal,
): Promise<JsonValue> {
  await checkPostgres(text, access);
  return withConnection(opened, signal, async (sql, stopAt) => {
    await sql.unsafe(`begin ${access === 'read' ? 'read only' : ''}; ${LIMITS}`);
    const rows = new Rows();
    const query = sql.unsafe(text, [...params], ONE_STATEMENT);
    stopAt(() => query.cancel());
    if (access === 'read') {
      await query.cursor(100, (batch) => (batch.every((row) => rows.add(row)) ? undefined : sql.CLOSE));
      await sql.unsafe('rollback');
      return rows.result();
    }
    const changed = await query;
    for (const row of changed) if (!rows.add(row)) break;
    await sql.unsafe('commit');
    return { ...rows.result(), changed: changed.command === 'SELECT' ? 0 : changed.count };
  });
}

/** Logs in, and looks at what the login may do beyond what a connector needs. */
export const testPostgres = (
  opened: Opened<'postgres'>,
  access: ConnectorAccess,
  signal: AbortSignal,
): Promise<TestReport> =>
  withConnection(opened, signal, async (sql) => {
    const [found] = await sql<
      { version: string; super: boolean; admin: boolean; files: boolean; owns: boolean; writes: boolean }[]
    >`
      select current_setting('server_version') as version, r.rolsuper as super,
        r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication as admin,
        exists (select from pg_roles g where g.rolname in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
          and pg_has_role(r.oid, g.oid, 'member')) as files,
        exists (select from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p')) as owns,
        exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
          and has_schema_privilege(r.oid, n.oid, 'usage') and has_table_privilege(r.oid, c.oid, 'insert, update, delete, truncate')) as writes
      from pg_roles r where r.rolname = current_user`;
    const warnings = [
      found?.super && 'The login is superuser: it can read the server’s files and start programs. Make one of its own.',
      !found?.super && found?.admin && 'The login may make roles or databases, replicate or bypass row security.',
      !found?.super && found?.files && 'The login may read or write files of the server, or start programs.',
      !found?.super && found?.owns && 'The login owns tables: it can drop them.',
      !found?.super && access === 'read' && found?.writes && 'The login may write, although agents may only read.',
    ].filter((warning) => typeof warning === 'string');
    return { message: `PostgreSQL ${found?.version ?? ''} answers.`, warnings };
  });

async function withConnection<T>(
  { settings, credentials }: Opened<'postgres'>,
  signal: AbortSignal,
  work: (sql: postgres.Sql, stopAt: (stop: () => void) => void) => Promise<T>,
): Promise<T> {
  const { host, port, database, user, tls, ca } = settings;
  const sockets = new Set<Socket>();
  let received = 0;
  const dial = async () => {
    const socket = await connectReachable({ host, port }, { timeoutMs: CONNECT_MS });
    sockets.add(socket);
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received > MAX_WIRE_BYTES) socket.destroy();
    });
    return socket;
  };
  // Dialled here, so that a host that cannot be reached says so in our words. A cancelled statement dials once more.
  let first: Socket | undefined = await dial();
  const verify = {
    ...(!literalAddress(host) && { servername: host }),
    rejectUnauthorized: tls === 'verify',
    // Over a socket that is there already, Node would check the name `localhost` where there is none.
    checkServerIdentity: (_: string, certificate: PeerCertificate) =>
      tls === 'verify' ? checkServerIdentity(host, certificate) : undefined,
    ...(ca.trim() && { ca }),
  };
  const options = {
    host,
    port,
    database,
    user,
    // In place of an empty text the driver would send what the server's environment has in PGPASSWORD.
    password: () => credentials.password,
    max: 1,
    fetch_types: false,
    prepare: false,
    connect_timeout: CONNECT_MS / 1_000,
    onnotice: () => {},
    ssl: tls === 'off' ? false : verify,
    socket: async () => {
      // Where a server breaks off at the login, the driver would dial for ever.
      if (!first && !signal.aborted) throw Object.assign(new Error('connection closed'), { code: 'CONNECTION_CLOSED' });
      const socket = first ?? (await dial());
      first = undefined;
      return socket;
    },
  };
  const sql = postgres(options as postgres.Options<Record<string, never>>);
  const stops: (() => void)[] = [];
  const abort = () => {
    for (const stop of stops) stop();
    // A moment for the server to hear that nobody waits any more.
    setTimeout(() => sockets.forEach((socket) => void socket.destroy()), 500).unref();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await work(sql, (stop) => stops.push(stop));
  } catch (error) {
    signal.throwIfAborted();
    if (received > MAX_WIRE_BYTES) throw tooLarge();
    throw toConnectorError(error, { user, database });
  } finally {
    signal.removeEventListener('abort', abort);
    await sql.end({ timeout: 0 }).catch(() => {});
    for (const socket of sockets) socket.destroy();
  }
}
