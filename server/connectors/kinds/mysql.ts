import type { Socket } from 'node:net';
import type mysql from 'mysql2';
import type { ConnectorAccess } from '@/lib/contracts/connectors';
import type { JsonValue } from '@/lib/contracts/json';
import { Upstream } from '../../errors';
import { connectReachable } from '../../http/reach';
import { literalAddress } from '../../http/target';
import { toConnectorError } from '../failures';
import { checkMysql } from '../mysql-guard';
import { CONNECT_MS, type Opened, STATEMENT_MS, type TestReport } from '../opened';
import { MAX_ROWS, MAX_WIRE_BYTES, Rows, tooLarge } from '../rows';
import type { SqlStatement } from './postgres';

/** One prepared statement on a connection of its own; reading in a transaction that can only read and is rolled back. */
export async function queryMysql(
  opened: Opened<'mysql'>,
  { sql: text, params, access }: SqlStatement,
  signal: AbortSignal,
): Promise<JsonValue> {
  checkMysql(text, access);
  return withConnection(opened, signal, async (connection) => {
    await limitSession(connection);
    await run(connection, `start transaction ${access === 'read' ? 'read only' : ''}`);
    const rows = new Rows();
    const { changed } = await stream(connection, { sql: text.replace(/[;\s]+$/, ''), params, access }, rows);
    if (access === 'write') {
      await run(connection, 'commit');
      return { ...rows.result(), changed };
    }
    // A statement that was left in the middle has no connection to say anything on any more.
    if (!rows.truncated) await run(connection, 'rollback');
    return rows.result();
  });
}

/** Logs in, and looks at what the login may do beyond what a connector needs. */
export const testMysql = (opened: Opened<'mysql'>, access: ConnectorAccess, signal: AbortSignal): Promise<TestReport> =>
  withConnection(opened, signal, async (connection) => {
    const [version] = await run(connection, 'select version() as version');
    const grants = (await run(connection, 'show grants')).flatMap((row) => Object.values(row).map(String));
    const has = (right: RegExp) => grants.some((grant) => right.test(grant.split(/ ON /i)[0] ?? ''));
    const warnings = [
      has(/\b(ALL PRIVILEGES|SUPER|FILE|PROCESS|SHUTDOWN|CREATE USER|GRANT OPTION)\b/i) &&
        'The login may administer the server or read its files. Make one of its own.',
      access === 'read' &&
        has(/\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|DROP|ALTER|CREATE)\b/i) &&
        'The login may write, although agents may only read.',
    ].filter((warning) => typeof warning === 'string');
    return { message: `MySQL ${String(version?.version ?? '')} answers.`, warnings };
  });

type Row = Record<string, unknown>;

const run = (connection: mysql.Connection, sql: string): Promise<Row[]> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (error, rows) =>
      error ? reject(error) : resolve(Array.isArray(rows) ? (rows as Row[]) : []),
    );
  });

/** Limits of the session. MySQL and MariaDB call the time limit differently, and neither knows the other's name. */
async function limitSession(connection: mysql.Connection): Promise<void> {
  await run(
    connection,
    `set session sql_select_limit = ${MAX_ROWS + 1}, sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'`,
  );
  await run(connection, 'set session lock_wait_timeout = 5, innodb_lock_wait_timeout = 5');
  await run(connection, `set session max_execution_time = ${STATEMENT_MS}`).catch(() =>
    run(connection, `set session max_statement_time = ${STATEMENT_MS / 1_000}`),
  );
}

/** Runs a prepared statement; one that only reads is left when there are enough rows. */
const stream = (
  connection: mysql.Connection,
  { sql, params, access }: SqlStatement,
  rows: Rows,
): Promise<{ changed: number }> =>
  new Promise((resolve, reject) => {
    let changed = 0;
    const values = [...params];
    const command = connection.execute({ sql, values });
    command.on('result', (row: unknown) => {
      if (typeof row === 'object' && row !== null && row.constructor.name === 'ResultSetHeader') {
        changed = (row as mysql.ResultSetHeader).affectedRows;
      } else if (!rows.truncated && !rows.add({ ...(row as Row) }) && access === 'read') {
        connection.destroy();
        resolve({ changed });
      }
    });
    command.on('error', reject);
    command.on('end', () => resolve({ changed }));
  });

async function withConnection<T>(
  { settings, credentials }: Opened<'mysql'>,
  signal: AbortSignal,
  work: (connection: mysql.Connection) => Promise<T>,
): Promise<T> {
  const { host, port, database, user, tls, ca } = settings;
  // The driver checks no certificate against an address, and would take one of any server for right.
  if (tls === 'verify' && literalAddress(host)) {
    throw new Upstream(
      'No encrypted connection could be made: a certificate is checked against a name. Give the name of the host, or choose another TLS setting.',
      { reason: 'tool_failed', retriable: false },
    );
  }
  // Loaded by whoever has a MySQL: 20 MB that others do without.
  const { createConnection } = await import('mysql2');
  const socket: Socket = await connectReachable({ host, port }, { timeoutMs: CONNECT_MS, signal });
  let received = 0;
  const connection = createConnection({
    host,
    port,
    user,
    database,
    password: credentials.password,
    stream: socket,
    connectTimeout: CONNECT_MS,
    multipleStatements: false,
    // No server may ask for files of this machine.
    flags: ['-LOCAL_FILES'],
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ssl:
      tls === 'off'
        ? undefined
        : { rejectUnauthorized: tls === 'verify', verifyIdentity: tls === 'verify', ...(ca.trim() && { ca }) },
  });
  socket.on('data', (chunk) => {
    received += chunk.length;
    if (received > MAX_WIRE_BYTES) connection.destroy();
  });
  const broken = new Promise<never>((_, reject) => {
    connection.on('error', reject);
    socket.on('close', () =>
      reject(Object.assign(new Error('connection closed'), { code: 'PROTOCOL_CONNECTION_LOST' })),
    );
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  broken.catch(() => {});
  try {
    const login = new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    return await Promise.race([login.then(() => work(connection)), broken]);
  } catch (error) {
    signal.throwIfAborted();
    if (received > MAX_WIRE_BYTES) throw tooLarge();
    throw toConnectorError(error, { user, database });
  } finally {
    connection.destroy();
    socket.destroy();
  }
}
