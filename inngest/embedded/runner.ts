import type postgres from 'postgres';
import { createApi } from './api';
import { type Api, asFetch } from './api-request';
import { BACKOFF_MS } from './backoff';
import { canonicalJson, type Json } from './canonical';
import { Dispatcher } from './dispatcher';
import { Engine, type Progress } from './engine';
import { readEvents } from './events';
import { every } from './every';
import { localTransport } from './local-serve';
import { type Log, silent } from './log';
import { type Outbound, plainOutbound } from './outbound';
import { isGone, newOwner } from './owner';
import { cancelMany, findEvent, findEventRuns, findRun } from './records';
import { createFunctionLoader, fetchFunctions, persist, type Registration, readRegistration } from './registration';
import { prune } from './retention';
import { FUNCTIONS_NOTICE } from './statements';
import { Store } from './store';
import { httpTransport, signed, type Transport } from './transport';
import { Registry } from './triggers';

export interface RunnerOptions {
  /** Where the SDK's serve handler of the one app listens. Omitted, every app that registers is called where it says. */
  serveUrl?: string;
  signingKey: string;
  /** Accepted as well, while a key is being replaced. */
  signingKeyFallback?: string;
  eventKey: string;
  /** Asks nobody for a key: for a development machine alone. */
  open?: boolean;
  /** Omitted: in this process as soon as it has loaded the functions, over HTTP before. */
  transport?: Transport;
  /** Makes the requests of `step.fetch` and `step.ai.infer`; omitted, any address may be called. */
  outbound?: Outbound;
  /** A pool of its own; omitted, the product's. */
  sql?: postgres.Sql;
  /** The database belongs to this process alone (PGlite): leases of earlier processes are void at the start. */
  exclusive: boolean;
  /** Delays before the first, second, … retry. */
  backoffMs?: readonly number[];
  /** Calls at once in this process. */
  concurrency?: number;
  /** Ended runs are kept for so many days; 0 or omitted, for ever. */
  retentionDays?: number;
  leaseMs?: number;
  /** How often to look for work that nobody told this process of. */
  pollMs?: number;
  log?: Log;
  /** For tests that kill the process: told how far each transition has come. */
  probe?: (moment: Progress) => void;
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
  /** The same for whoever reads requests otherwise. */
  api: Api;
  /** What `inngest.send` does, without its way over HTTP. @throws InvalidEventError; what the database says */
  send(events: Json[]): Promise<void>;
  /** Registers the functions of an app, which it is asked for. */
  sync(serveUrl: string): Promise<void>;
  /** Registers the functions of the serve endpoint and begins to execute. */
  start(): Promise<void>;
  /** Claims nothing more, waits for the calls in flight, then gives their leases back. */
  stop(options?: { drainMs?: number }): Promise<void>;
  counts(): Promise<RunnerCounts>;
  /** Looks for work now. */
  wake(): void;
}

const KEYS_EVERY_MS = 10 * 60_000;
const WATCH_EVERY_MS = 1_000;
const PRUNE_EVERY_MS = 60_000;
const VACUUM_EVERY_ROWS = 5_000;

/** Plays the Inngest server for the unmodified SDK, with its state in Postgres. */
export function createEmbeddedRunner(options: RunnerOptions): EmbeddedRunner {
  const { signingKey, eventKey, exclusive, leaseMs = 30_000, log = silent, sql } = options;
  const owner = newOwner();
  const serveUrl = options.serveUrl === undefined ? undefined : new URL(options.serveUrl);
  const transport = localTransport(signed(options.transport ?? httpTransport(), signingKey));
  const registry = new Registry();
  const store = new Store({ sql, owner, leaseMs, exclusive });
  const dispatcher = new Dispatcher({
    serveUrl,
    transport,
    outbound: options.outbound ?? plainOutbound(),
    owner,
    exclusive,
    log,
    backoffMs: options.backoffMs ?? BACKOFF_MS,
    concurrency: options.concurrency ?? 64,
    pollMs: options.pollMs ?? (exclusive ? 15_000 : 1_000),
  });
  const engine = new Engine(store, registry, dispatcher, log, options.probe);
  dispatcher.engine = engine;
  const loadFunctions = createFunctionLoader(store, registry, log);
  let unlisten: (() => Promise<void>) | undefined;
  let keysExpiredAt = 0;
  let vacuumedAt = 0;
  let prunedAt = 0;
  let pruned = 0;

  let ownApp: string | undefined;
  const registrations = new Map<string, string>();

  /** @returns whether anything has changed. */
  async function register(registration: Registration): Promise<boolean> {
    const { appId, functions, configs } = registration;
    const text = canonicalJson(configs);
    const modified = registrations.get(appId) !== text;
    registrations.set(appId, text);
    registry.replaceApp(appId, functions);
    await persist(store, registration);
    serveFunctions();
    if (modified) log.info({ appId, functions: functions.length }, 'Functions registered');
    return modified;
  }

  /** With one app, functions of others are known, so that they can be invoked, and executed by whoever serves them. */
  function serveFunctions(): void {
    dispatcher.serve(registry.all().filter(({ appId }) => !serveUrl || appId === ownApp));
  }

  async function learnFunctions(): Promise<void> {
    await loadFunctions();
    serveFunctions();
  }

  function noticed(what: string): void {
    if (what === FUNCTIONS_NOTICE)
      learnFunctions().catch((error) => log.warn({ err: error }, 'Functions of other processes could not be read'));
    else dispatcher.due(0);
  }

  /** Frees what processes of this machine held that were killed, without waiting for their leases to run out. */
  async function watch(): Promise<void> {
    const gone = (await store.owners()).filter(isGone);
    for (const dead of gone) await store.release(dead);
    if (gone.length > 0) dispatcher.due(0);
  }

  /** Keeps leases alive, learns what others have registered, frees those of the dead, and routes events nobody has routed. */
  async function keep(): Promise<void> {
    if (!exclusive) await learnFunctions();
    if (dispatcher.flying.size > 0) await store.heartbeat([...dispatcher.flying.keys()]);
    if ((await store.reap()) > 0) dispatcher.due(0);
    await engine.routeStored(Math.min(5_000, leaseMs));
    if (Date.now() - keysExpiredAt > KEYS_EVERY_MS) {
      keysExpiredAt = Date.now();
      await store.expireKeys();
      await store.pruneLimiters();
    }
    if (options.retentionDays && Date.now() - prunedAt > PRUNE_EVERY_MS) {
      prunedAt = Date.now();
      pruned += await prune(store, options.retentionDays, log);
    }
    if (exclusive && store.runs + pruned - vacuumedAt > VACUUM_EVERY_ROWS) {
      vacuumedAt = store.runs + pruned;
      await store.vacuum();
    }
  }

  const api = createApi(
    {
      signingKeys: [signingKey, options.signingKeyFallback].filter((key) => key !== undefined),
      eventKey,
      open: options.open,
    },
    {
      receive: (events) => engine.receive(events),
      checkpoint: (checkpoint) => engine.checkpoint(checkpoint),
      state: (runId) => store.state(runId),
      register: (body) => register(readRegistration(body)),
      signal: (name, data) => engine.signal(name, data),
      event: (id) => findEvent(store, id),
      eventRuns: (id) => findEventRuns(store, id),
      run: (id) => findRun(store, id),
      cancel: (id) => engine.cancel(id),
      cancelMany: (which) => cancelMany(engine, which),
      functions: () => registry.all(),
    },
    log,
  );

  const keeping = every(leaseMs / 3, keep, (error) => log.error({ err: error }, 'Leases could not be kept'));
  const watching = every(WATCH_EVERY_MS, watch, (error) => log.debug({ err: error }, 'Other processes cannot be seen'));

  return {
    fetch: asFetch(api),
    api,
    async send(events) {
      await engine.receive(readEvents(events, null));
    },
    async sync(url) {
      await register(await fetchFunctions({ serveUrl: new URL(url), transport }));
    },
    async start() {
      await learnFunctions();
      if (serveUrl) {
        const registration = await fetchFunctions({ serveUrl, transport });
        ownApp = registration.appId;
        await register(registration);
      }
      if (exclusive) await store.release(null);
      engine.registered = true;
      dispatcher.start();
      if (!exclusive) unlisten = await store.listen(noticed, log);
      await engine.routeStored(0);
      keeping.start();
      if (!exclusive) {
        await watch();
        watching.start();
      }
    },
    async stop({ drainMs = 10_000 } = {}) {
      engine.registered = false;
      await unlisten?.();
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
      await Promise.all([keeping.stop(), watching.stop()]);
      dispatcher.abort();
      await drained;
      await store.release(owner);
    },
    wake: () => dispatcher.due(0),
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
