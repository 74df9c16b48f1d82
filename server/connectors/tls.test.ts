import { chmodSync, chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '@/db/testing/postgres';
import { env } from '@/lib/env';
import type { OrgContext } from '../context';
import { makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { testConnector } from './service';
import { startMariadb, type TestMariadb } from './testing/mariadb';
import { makeConnector } from './testing/scene';

/** A server's certificate for `localhost`, and the authority that signed it; both for tests alone. */
const FILES = join(import.meta.dirname, 'testing/tls');
const authority = readFileSync(join(FILES, 'authority.pem'), 'utf8');
const before = env.MUSTER_CONNECTOR_PRIVATE_HOSTS;

let directory: string;
let pg: TestPostgres;
let maria: TestMariadb;
let owner: OrgContext;

beforeAll(async () => {
  setSilentRunner();
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = 'localhost,127.0.0.1';
  directory = mkdtempSync(join(tmpdir(), 'muster-tls-'));
  for (const file of ['server.pem', 'server.key']) copyFileSync(join(FILES, file), join(directory, file));
  const [certificate, key] = [join(directory, 'server.pem'), join(directory, 'server.key')];
  // A checkout leaves it readable for all, and PostgreSQL refuses such a key.
  chmodSync(key, 0o600);
  maria = await startMariadb([`--ssl-cert=${certificate}`, `--ssl-key=${key}`]);
  await maria.admin(
    "create database shop; create user reader identified by 'reader-password'; grant select on shop.* to reader",
  );
  pg = await startPostgres();
  if (process.getuid?.() === 0) for (const path of [directory, certificate, key]) chownSync(path, 65_534, 65_534);
  const admin = postgres(pg.url(), { max: 1 });
  await admin.unsafe(`alter system set ssl_cert_file = '${certificate}'`);
  await admin.unsafe(`alter system set ssl_key_file = '${key}'`);
  await admin.unsafe('alter system set ssl = on');
  await admin.unsafe('create role reader login');
  await admin.unsafe('select pg_reload_conf()');
  await admin.end();
  owner = await makeOrganization();
}, 240_000);
afterAll(async () => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before;
  await pg?.stop();
  await maria?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test.each(['postgres', 'mysql'] as const)('%s: a certificate is checked against authority and name', async (kind) => {
  const port = kind === 'postgres' ? Number(new URL(pg.url()).port) : maria.port;
  const database = kind === 'postgres' ? 'postgres' : 'shop';
  const tested = async (tls: 'verify' | 'encrypt' | 'off', ca = '', host = 'localhost') => {
    const settings = { host, port, database, user: 'reader', tls, ca };
    const { id } = await makeConnector(owner, { kind, settings, credentials: { password: 'reader-password' } });
    return testConnector(owner, { connectorId: id });
  };
  const refused = { state: 'broken', stateMessage: expect.stringMatching(/No encrypted connection/) };
  expect(await tested('verify', authority)).toMatchObject({ state: 'ok' });
  expect(await tested('verify')).toMatchObject(refused);
  expect(await tested('verify', authority, '127.0.0.1')).toMatchObject(refused);
  expect(await tested('encrypt')).toMatchObject({ state: 'ok' });
  expect(await tested('off')).toMatchObject({ state: 'ok' });
});
