import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import mysql from 'mysql2';

const SERVER = '/usr/sbin/mariadbd';
const SHARE = '/usr/share/mysql';
const SYSTEM_TABLES = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql'];

/**
 * A server of MariaDB that is installed, or Debian's, installed now; whoever else wants it at the same time waits. In a process
 * beside this one, for it may take a minute.
 */
async function ensureInstalled(): Promise<void> {
  if (existsSync(SERVER)) return;
  const install =
    'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mariadb-server-core';
  const guarded = ['flock', '/tmp/muster-mariadb.lock', 'sh', '-c', `test -x ${SERVER} || { ${install}; }`];
  const [program = '', ...args] = process.getuid?.() === 0 ? guarded : ['sudo', '-n', ...guarded];
  await promisify(execFile)(program, args);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface TestMariadb {
  port: number;
  /** As its administrator, several statements at once. */
  admin(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts a real MariaDB in a temporary directory. */
export async function startMariadb(more: readonly string[] = []): Promise<TestMariadb> {
  await ensureInstalled();
  const directory = mkdtempSync(join(tmpdir(), 'muster-mariadb-'));
  chmodSync(directory, 0o755);
  const data = join(directory, 'data');
  const socket = join(directory, 'socket');
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  mkdirSync(data);
  execFileSync(SERVER, ['--no-defaults', '--bootstrap', `--datadir=${data}`, ...user], {
    input: `create database mysql;\nuse mysql;\n${SYSTEM_TABLES.map((file) => readFileSync(join(SHARE, file), 'utf8')).join('\n')}`,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const first = join(directory, 'first.sql');
  writeFileSync(
    first,
    "create or replace user root@localhost identified by '';\ngrant all on *.* to root@localhost with grant option;\n",
  );
  const port = await freePort();
  const settings = [
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--init-file=${first}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
  ];
  const quick = ['--skip-log-bin', '--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M'];
  const server = spawn(SERVER, ['--no-defaults', ...settings, ...quick, ...more, ...user], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  const connect = () =>
    mysql.createConnection({ socketPath: socket, user: 'root', multipleStatements: true }).promise();
  const admin = async (sql: string): Promise<Record<string, unknown>[]> => {
    const connection = connect();
    try {
      const [rows] = await connection.query(sql);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    } finally {
      connection.destroy();
    }
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      await admin('select 1');
      break;
    } catch (error) {
      if (attempt > 200 || server.exitCode !== null) throw error;
      await sleep(100);
    }
  }
  return {
    port,
    admin,
    async stop() {
      server.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
