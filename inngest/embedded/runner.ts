import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { createApi } from './api';
import { asFetch } from './api-request';
import { BACKOFF_MS } from './backoff';
import { Dispatcher } from './dispatcher';
import { Engine } from './engine';
import { localTransport } from './local-serve';
import { type Log, silent } from './log';
import { createFunctionLoader, fetchFunctions, persist, readRegistration } from './registration';
import { Store } from './store';
import type { Transport } from './transport';
import { Registry } from './triggers';

export interface RunnerOptions {
  /** Where the SDK's serve handler listens. */
  serveUrl: string;
  signingKey: string;
  eventKey: string;
  /** Omitted: in this process as soon as it has loaded the functions, over HTTP before. */
  transport?: Transport;
  /** A pool of its own; omitted, the product's. */
  sql?: postgres.Sql;
  /** The database belongs to this process alone (PGlite): leases of earlier processes are void at the start. */
  exclusive: boolean;
  /** Delays before the first, second, … retry. */
  backoffMs?: readonly number[];
  /** Calls at once in this process. */
  concurrency?: number;
  leaseMs?: number;
  /** How often to look for work that nobody told this process of. */
  pollMs?: number;
  log?: Log;
}

export interface RunnerCounts {
  /** Calls that are due and wait for a free place. */
  queued: number;
  /** Calls being executed, by any process. */
  running: number;
  /** Jobs of a later time: sleeps, time-outs, retries. */
  scheduled: number;
  /** How long the oldest of the queue has been due. */
  oldestMs: number;
  /** Statements this process has sent. */
  statements: number;
}

export interface EmbeddedRunner {
  /** For `new Inngest({ fetch })`: answers the SDK's calls in this process. */
  fetch: typeof fetch;
  /** Registers the functions of the serve endpoint and begins to execute. */
  start(): Promise<void>;
  /** Claims nothing more, waits for the calls in flight, then gives their leases back. */
  stop(options?: { drainMs?: number }): Promise<void>;
  counts(): Promise<RunnerCounts>;
}

const KEYS_EVERY_MS = 10 * 60_000;
const VACUUM_EVERY_RUNS = 5_000;

/** Plays the Inngest server for the unmodified SDK, with its state in Postgres. */
export function createEmbeddedRunner(options: RunnerOptions): EmbeddedRunner {
  const { signingKey, eventKey, exclusive, leaseMs = 30_000, log = silent, sql } = options;
  const owner = randomUUID();
  const serveUrl = new URL(options.serveUrl);
  const transport = options.transport ?? localTransport();
  const registry = new Registry();
  const store = new Store({ sql, owner, leaseMs, exclusive });
  const dispatcher = new Dispatcher({
    serveUrl,
    signingKey,
    transport,
    owner,
    exclusive,
    log,
    backoffMs: options.backoffMs ?? BACKOFF_MS,
    concurrency: options.concurrency ?? 64,
    pollMs: options.pollMs ?? (exclusive ? 15_000 : 1_000),
  });
  const engine = new Engine(store, registry, dispatcher, log);
  dispatcher.engine = engine;
  const loadFunctions = createFunctionLoader(store, registry, log);
  let keeper: NodeJS.Timeout | undefined;
  let keeping: Promise<void> | undefined;
  let keysExpiredAt = 0;
  let vacuumedAt = 0;

  async function register(registration: ReturnType<typeof readRegistration>): Promise<void> {
    const { appId, functions } = registration;
    registry.replaceApp(appId, functions);
    await persist(store, registration);
    dispatcher.fnIds = functions.map(({ id }) => id);
    dispatcher.hasLimits = functions.some(({ limited }) => limited);
    log.info({ appId, functions: functions.length }, 'Functions registered');
  }

  /** Keeps leases alive, learns what others have registered, frees those of the dead, and routes events nobody has routed. */
  async function keep(): Promise<void> {
    if (!exclusive) await loadFunctions();
    if (dispatcher.flying.size > 0) await store.heartbeat([...dispatcher.flying.keys()]);
    if ((await store.reap()) > 0) dispatcher.due(0);
    await engine.routeStored(Math.min(5_000, leaseMs));
    if (Date.now() - keysExpiredAt > KEYS_EVERY_MS) {
      keysExpiredAt = Date.now();
      await store.expireKeys();
    }
    if (exclusive && store.runs - vacuumedAt > VACUUM_EVERY_RUNS) {
      vacuumedAt = store.runs;
      await store.vacuum();
    }
  }

  const keepOn = () => {
    keeper = setTimeout(() => {
      keeping = keep()
        .catch((error) => log.error({ err: error }, 'Leases could not be kept'))
        .finally(() => {
          if (keeper) keepOn();
        });
    }, leaseMs / 3);
  };

  return {
    fetch: asFetch(
      createApi(
        { signingKey, eventKey },
        {
          receive: (events) => engine.receive(events),
          checkpoint: (checkpoint) => engine.checkpoint(checkpoint),
          state: (runId) => store.state(runId),
          register: (body) => register(readRegistration(body)),
        },
      ),
    ),
    async start() {
      await loadFunctions();
      await register(await fetchFunctions({ serveUrl, signingKey, transport }));
      if (exclusive) await store.release(null);
      engine.registered = true;
      dispatcher.start();
      await engine.routeStored(0);
      keepOn();
    },
    async stop({ drainMs = 10_000 } = {}) {
      engine.registered = false;
      await dispatcher.pause();
      const drained = Promise.allSettled(dispatcher.flying.values());
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        drained,
        new Promise((resolve) => {
          timer = setTimeout(resolve, drainMs);
        }),
      ]);
      clearTimeout(timer);
      clearTimeout(keeper);
      keeper = undefined;
      await keeping;
      dispatcher.abort();
      await drained;
      await store.release(owner);
    },
    async counts() {
      const [row] = await store.counts();
      return {
        queued: Number(row?.queued ?? 0),
        running: Number(row?.running ?? 0),
        scheduled: Number(row?.scheduled ?? 0),
        oldestMs: Number(row?.oldest_ms ?? 0),
        statements: store.statements,
      };
    },
  };
}
