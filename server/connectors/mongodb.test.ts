import { deflateSync } from 'node:zlib';
import { BSON } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CreateConnectorInput, SETTINGS } from '@/lib/contracts/connectors';
import type { JsonValue } from '@/lib/contracts/json';
import { env } from '@/lib/env';
import type { OrgContext } from '../context';
import { makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import { MAX_ROWS } from './rows';
import { changeConnector, testConnector } from './service';
import { framed, type MongoDouble, messageBody, startMongoDouble } from './testing/mongo-double';
import { callWith, makeConnector } from './testing/scene';

const ID = '65a000000000000000000001';
let server: MongoDouble;
let owner: OrgContext;
let documents: Record<string, unknown>[];
const before = env.MUSTER_CONNECTOR_PRIVATE_HOSTS;

beforeAll(async () => {
  setSilentRunner();
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
  server = await startMongoDouble((command) => {
    if ('find' in command || 'aggregate' in command) {
      const ns = `shop.${String(command.find ?? command.aggregate)}`;
      return { ok: 1, cursor: { id: BSON.Long.fromNumber(0), ns, firstBatch: documents } };
    }
    if ('connectionStatus' in command) {
      return { ok: 1, authInfo: { authenticatedUserPrivileges: [{ actions: ['find', 'insert'] }] } };
    }
    return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: 'no such command' };
  });
  owner = await makeOrganization();
});
beforeEach(() => {
  server.commands.length = 0;
  documents = [{ _id: new BSON.ObjectId(ID), at: new Date('2026-01-02T03:04:05Z'), total: BSON.Long.fromString('5') }];
});
afterAll(async () => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before;
  await server.close();
});

const mongo = (port = server.port) =>
  ({
    kind: 'mongodb',
    settings: { host: '127.0.0.1', port, database: 'shop', user: '', authSource: '', tls: 'off', ca: '' },
    credentials: { password: '' },
  }) as const;

const ask = async (input: { [key: string]: JsonValue }) => {
  const { name } = await makeConnector(owner, mongo());
  return callWith(owner, { name, access: 'read' }, 'mongo_query', { collection: 'orders', ...input });
};

test('documents are found by ids and dates as they are written in JSON', async () => {
  const filter = { _id: { $oid: ID }, at: { $gt: { $date: '2026-01-01T00:00:00Z' } } };
  expect(await ask({ filter, sort: { at: -1 }, limit: 5 })).toEqual({
    ok: true,
    output: {
      rows: [{ _id: { $oid: ID }, at: { $date: '2026-01-02T03:04:05Z' }, total: 5 }],
      rowCount: 1,
      truncated: false,
    },
  });
  expect(server.commands[0]).toMatchObject({
    find: 'orders',
    $db: 'shop',
    maxTimeMS: 15_000,
    limit: 6,
    filter: { at: { $gt: new Date('2026-01-01T00:00:00Z') } },
  });
  expect(server.commands[0]).toHaveProperty('filter._id', new BSON.ObjectId(ID));
});

test('an aggregation is passed on; more than the limit is cut', async () => {
  expect(await ask({ pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$b' } }] })).toMatchObject({ ok: true });
  expect(server.commands[0]).toMatchObject({
    aggregate: 'orders',
    pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$b' } }],
  });
  documents = Array.from({ length: MAX_ROWS + 5 }, (_, n) => ({ n }));
  expect(await ask({ limit: 1_000 })).toMatchObject({ output: { rowCount: MAX_ROWS, truncated: true } });
});

test.each<{ [key: string]: JsonValue }>([
  { pipeline: [{ $out: 'stolen' }] },
  { pipeline: [{ $merge: { into: 'stolen' } }] },
  { pipeline: [{ $match: {} }, { $out: { db: 'other', coll: 'x' } }] },
  { pipeline: [{ $facet: { a: [{ $out: 'x' }] } }] },
  { pipeline: [{ $lookup: { from: 'x', as: 'y', pipeline: [{ $merge: 'z' }] } }] },
  { pipeline: [{ $lookup: { from: { db: 'admin', coll: 'system.users' }, as: 'y', pipeline: [] } }] },
  { pipeline: [{ $unionWith: { coll: 'x', pipeline: [{ $currentOp: {} }] } }] },
  { pipeline: [{ $match: { $where: 'while(1){}' } }] },
  { pipeline: [{ $project: { a: { $function: { body: 'function(){}', args: [], lang: 'js' } } } }] },
  { pipeline: [{ $group: { _id: 1, x: { $accumulator: { init: 'f' } } } }] },
  { pipeline: [{ $currentOp: { allUsers: true } }] },
  { pipeline: [{ $listSessions: {} }] },
  { pipeline: [{ $collStats: {} }] },
  { pipeline: [{ $indexStats: {} }] },
  { pipeline: [{ $changeStream: {} }] },
  { pipeline: [{ $planCacheStats: {} }] },
  { pipeline: [{ $match: {}, $out: 'x' }] },
  { pipeline: [{}] },
  { filter: { $where: 'sleep(10000)' } },
  { filter: { $or: [{ a: 1 }, { $where: '1' }] } },
  { filter: { $expr: { $function: { body: 'f', args: [], lang: 'js' } } } },
  { projection: { x: { $function: { body: 'f', args: [], lang: 'js' } } } },
])('%j is refused before anything is sent', async (input) => {
  expect(await ask(input)).toEqual({ ok: false, error: expect.stringMatching(/not allowed here|not read from here/) });
  expect(server.commands).toEqual([]);
});

/** An answer as a server may send it that was not asked to compress anything. */
function compressed(document: Record<string, unknown>): Uint8Array {
  const body = messageBody(document);
  const head = Buffer.alloc(9);
  head.writeInt32LE(2013, 0);
  head.writeInt32LE(body.length, 4);
  head[8] = 2;
  return framed(1, 2012, Buffer.concat([head, deflateSync(body)]));
}
const batch = (id: number, filler = '') => ({
  ...{ ok: 1, filler },
  cursor: { id: BSON.Long.fromNumber(id), ns: 'shop.orders', firstBatch: [], nextBatch: [] },
});

test.each<[string, () => Record<string, unknown> | Uint8Array, RegExp]>([
  ['compresses unasked', () => compressed(batch(0)), /does not speak as MongoDB does/],
  ['sends less than a head', () => framed(1, 2013, Buffer.alloc(100), 5), /does not speak as MongoDB does/],
  ['announces 2 GB', () => framed(1, 2013, Buffer.alloc(100), 2_000_000_000), /larger than 8 MB/],
  ['never comes to an end', () => batch(7, 'x'.repeat(1_000_000)), /larger than 8 MB/],
])('a server that %s is hung up on', async (_, answer, said) => {
  const hostile = await startMongoDouble(answer);
  const { name } = await makeConnector(owner, mongo(hostile.port));
  const asked = callWith(owner, { name, access: 'read' }, 'mongo_query', { collection: 'orders' });
  expect(await asked).toEqual({ ok: false, error: expect.stringMatching(said) });
  await hostile.close();
});

test('the test of a connector says what answers, and warns', async () => {
  const tested = async (port?: number) =>
    testConnector(owner, { connectorId: (await makeConnector(owner, mongo(port))).id });
  expect(await tested()).toMatchObject({
    state: 'ok',
    warnings: [expect.stringMatching(/no login/), expect.stringMatching(/may write/)],
  });
  expect(await tested(9)).toMatchObject({
    state: 'broken',
    stateMessage: expect.stringMatching(/refuses connections/),
  });
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = undefined;
  expect(await tested()).toMatchObject({ state: 'broken', stateMessage: expect.stringMatching(/private network/) });
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
});

test('one without a login moves without asking for a secret that it does not have', async () => {
  const { id } = await makeConnector(owner, mongo());
  const { kind, settings } = mongo(9);
  const change = { connectorId: id, description: '', access: 'read', configuration: { kind, settings } } as const;
  expect(await changeConnector(owner, change)).toMatchObject({ settings: { port: 9 } });
  const credentials = { password: 'canary-password' };
  await changeConnector(owner, { ...change, configuration: { kind, settings, credentials } });
  const back = { ...change, configuration: { kind, settings: { ...settings, port: 10 } } };
  await expect(changeConnector(owner, back)).rejects.toThrow(/to no other/);
});

test.each([
  '127.0.0.1?appName=x',
  '%2Ftmp%2Fx.sock?appName=x',
  '127.0.0.1,db.example.com',
  'me:secret@db.example.com',
  '[::1]',
  'db.example.com/admin',
])('%s is more than one host, which a check of addresses could miss', (host) => {
  const settings = { ...mongo().settings, host };
  const { error } = CreateConnectorInput.safeParse({ name: 'c', configuration: { ...mongo(), settings } });
  expect(error?.issues).toMatchObject([
    { path: ['configuration', 'settings', 'host'], message: expect.stringMatching('One host') },
  ]);
});

test.each(['db.example.com', 'localhost', '10.0.0.1', '2001:db8::1', 'db_1.internal', 'db.example.com.'])(
  '%s is a host',
  (host) => expect(SETTINGS.mongodb.shape.host.parse(host)).toBe(host),
);
