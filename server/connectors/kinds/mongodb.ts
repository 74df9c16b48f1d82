import type { LookupFunction } from 'node:net';
import type { BSON, Db, MongoClientOptions } from 'mongodb';
import type { JsonValue } from '@/lib/contracts/json';
import { Forbidden } from '../../errors';
import { resolveReachable } from '../../http/reach';
import { literalAddress } from '../../http/target';
import { toConnectorError } from '../failures';
import { guardedConnection } from '../mongo-wire';
import { CONNECT_MS, type Opened, STATEMENT_MS, type TestReport } from '../opened';
import { MAX_ROWS, Rows } from '../rows';

export interface MongoQuestion {
  collection: string;
  filter?: Document;
  projection?: Document;
  sort?: Record<string, 1 | -1>;
  limit: number;
  /** Instead of a filter. */
  pipeline?: Document[];
}
type Document = Record<string, JsonValue>;

/** Loaded by whoever has a MongoDB: 30 MB that others do without. */
const driver = () => import('mongodb');

/** Stages that only read, and only this database. */
const STAGES = new Set(
  '$match $project $group $sort $limit $skip $unwind $lookup $count $addFields $set $unset $facet $bucket $bucketAuto $sortByCount $replaceRoot $replaceWith $sample $graphLookup $unionWith $densify $fill $setWindowFields $geoNear $redact'.split(
    ' ',
  ),
);
/** Operators that write or run code, wherever they stand. */
const REFUSED = new Set('$out $merge $where $function $accumulator $eval'.split(' '));

/** Finds documents, or aggregates them, within limits of number, size and time. */
export async function queryMongo(
  opened: Opened<'mongodb'>,
  question: MongoQuestion,
  signal: AbortSignal,
): Promise<JsonValue> {
  const { filter = {}, projection, sort, pipeline, limit } = question;
  checkOperators([filter, projection ?? {}, pipeline ?? []]);
  if (pipeline) checkStages(pipeline);
  const { EJSON } = (await driver()).BSON;
  return withDatabase(opened, signal, async (db) => {
    const rows = new Rows(Math.min(limit, MAX_ROWS));
    const collection = db.collection(question.collection);
    const options = { maxTimeMS: STATEMENT_MS, batchSize: 100, signal };
    const cursor = pipeline
      ? collection.aggregate(fromJson(EJSON, pipeline) as Document[], { ...options, allowDiskUse: false })
      : collection.find(fromJson(EJSON, filter) as Document, { ...options, projection, sort, limit: limit + 1 });
    for await (const document of cursor) {
      if (!rows.add(JSON.parse(EJSON.stringify(document, { relaxed: true })))) break;
    }
    await cursor.close();
    return rows.result();
  });
}

export const testMongo = (opened: Opened<'mongodb'>, signal: AbortSignal): Promise<TestReport> =>
  withDatabase(opened, signal, async (db) => {
    const { authInfo } = (await db.command({ connectionStatus: 1, showPrivileges: true })) as {
      authInfo?: { authenticatedUserPrivileges?: { actions: string[] }[] };
    };
    const actions = new Set((authInfo?.authenticatedUserPrivileges ?? []).flatMap((privilege) => privilege.actions));
    const writes = ['insert', 'update', 'remove', 'dropCollection'].some((action) => actions.has(action));
    const warnings = [
      opened.settings.user === '' && 'There is no login: everybody who reaches this server may read and write it.',
      writes && 'The login may write, although agents may only read.',
    ].filter((warning) => typeof warning === 'string');
    return { message: `MongoDB answers for ${opened.settings.database}.`, warnings };
  });

/** Ids and dates are written as in Extended JSON: {"$oid": "…"}, {"$date": "…"}. */
const fromJson = (json: typeof BSON.EJSON, value: JsonValue): unknown => json.deserialize(value as object);

function checkStages(pipeline: readonly Document[]): void {
  for (const stage of pipeline) {
    const [name = '', ...more] = Object.keys(stage);
    if (more.length > 0 || !STAGES.has(name)) throw new Forbidden(`The stage ${name || '{}'} is not allowed here.`);
    const inner = stage[name];
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) continue;
    // $lookup and $unionWith have a pipeline, $facet has one for each field.
    const nested = name === '$facet' ? Object.values(inner) : [inner.pipeline];
    for (const one of nested) if (Array.isArray(one)) checkStages(one as Document[]);
    // An object names another database.
    if (typeof inner.from === 'object') throw new Forbidden('Another database is not read from here.');
  }
}

function checkOperators(value: JsonValue): void {
  if (Array.isArray(value)) for (const item of value) checkOperators(item);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (REFUSED.has(key)) throw new Forbidden(`${key} is not allowed here.`);
      checkOperators(inner);
    }
  }
}

async function withDatabase<T>(
  { settings, credentials }: Opened<'mongodb'>,
  signal: AbortSignal,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const { host, port, database, user, authSource, tls, ca } = settings;
  // Node asks `lookup` for no literal address.
  if (literalAddress(host)) await resolveReachable(host);
  const lookup: LookupFunction = (name, options, callback) => {
    resolveReachable(name).then(
      (found) => {
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error) => callback(error, ''),
    );
  };
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    abort();
  };
  const options: MongoClientOptions & { connectionType: unknown } = {
    connectionType: await guardedConnection(fail),
    // What this server says of others is not followed.
    directConnection: true,
    lookup,
    maxPoolSize: 1,
    connectTimeoutMS: CONNECT_MS,
    serverSelectionTimeoutMS: CONNECT_MS,
    socketTimeoutMS: STATEMENT_MS + 5_000,
    retryReads: false,
    appName: 'Muster',
    ...(user && { auth: { username: user, password: credentials.password }, authSource: authSource || database }),
    ...(tls !== 'off' && { tls: true, tlsAllowInvalidCertificates: tls === 'encrypt', ...(ca.trim() && { ca: ca }) }),
  };
  const { MongoClient } = await driver();
  const client = new MongoClient(`mongodb://${host.includes(':') ? `[${host}]` : host}:${port}/`, options);
  const abort = () => void client.close(true).catch(() => {});
  signal.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    return await work(client.db(database));
  } catch (error) {
    signal.throwIfAborted();
    throw failure ?? toConnectorError(error, { user, database });
  } finally {
    signal.removeEventListener('abort', abort);
    await client.close(true).catch(() => {});
  }
}
