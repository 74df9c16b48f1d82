import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { announceFunctions } from './announce';
import { drainable } from './drainable';
import { prepareSecrets } from './prepare';

interface ServeOptions {
  dev?: boolean;
  /** Told what is being done while the server gets ready. */
  onProgress?: (what: string) => void;
}

export interface RunningServer {
  url: string;
  /** Path of the owner's credentials, when this server made them. */
  ownerFile: string | undefined;
  stop(): Promise<void>;
}

/** How long calls under way have to end. */
const DRAIN_MS = 5_000;
/** Clients learn by an answer that their connection closes; after this they are sent elsewhere for as long again. */
const LINGER_MS = 500;

/** Builds the product if there is no build of it yet. */
export function ensureBuilt(onProgress: (what: string) => void): void {
  if (existsSync('.next/BUILD_ID')) return;
  onProgress('building the pages (once; half a minute or so)');
  const build = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { encoding: 'utf8' });
  if (build.status === 0) return;
  rmSync('.next/BUILD_ID', { force: true });
  throw new Error(`The build failed:\n${build.stdout}\n${build.stderr}`);
}

/** Starts everything one process needs: database, migrations, first organization, pages, runner. */
export async function serve({ dev = false, onProgress = () => {} }: ServeOptions = {}): Promise<RunningServer> {
  Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' });
  // tsx turns source maps on, and Node then reads the map of every package it loads: a fourth of a start, and its memory.
  if (!dev) process.setSourceMapsEnabled(false);
  const dataDir = resolve(process.env.MUSTER_DATA_DIR || '.muster');
  process.env.MUSTER_DATA_DIR = dataDir;
  prepareSecrets(dataDir);

  // Imported late: these read the environment, which the lines above complete.
  const { startEmbeddedDatabase } = await import('../db/embedded');
  let embedded: Awaited<ReturnType<typeof startEmbeddedDatabase>> | undefined;
  if (!process.env.DATABASE_URL) {
    onProgress('starting the embedded database');
    embedded = await startEmbeddedDatabase({ dataDir });
    const { setEmbeddedDatabase } = await import('../db/client');
    setEmbeddedDatabase(embedded);
  }
  // Node asks the system for each variable at each reading, and the Inngest SDK reads all of them a dozen times a call: a
  // plain copy, without the sixty that npm adds, makes a run a fourth cheaper.
  process.env = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('npm_')) delete process.env[name];
  const { env, publicUrl } = await import('../lib/env');
  const { migrateDatabase } = await import('../db/migrate');
  onProgress('bringing the database up to date');
  await migrateDatabase();

  const { createEmbeddedRunner, setEmbeddedRunner } = await import('../inngest/embedded');
  const { withConnection } = await import('../server/connection');
  const { log } = await import('../server/log');
  const { crashPoint } = await import('../server/crash-point');
  const { guardedOutbound } = await import('./outbound');
  const { startTracing } = await import('../server/telemetry/otlp');
  const stopTracing = await startTracing();
  const runner = env.INNGEST_BASE_URL
    ? undefined
    : createEmbeddedRunner({
        serveUrl: `http://127.0.0.1:${env.PORT}/api/inngest`,
        signingKey: env.INNGEST_SIGNING_KEY ?? '',
        eventKey: env.INNGEST_EVENT_KEY ?? '',
        exclusive: embedded !== undefined,
        concurrency: env.MUSTER_RUNNER_CONCURRENCY,
        retentionDays: env.MUSTER_RUNNER_RETENTION_DAYS,
        outbound: guardedOutbound,
        log: log.child({ part: 'runner' }),
        probe: (moment) => crashPoint(`step.${moment}`),
      });
  if (runner) setEmbeddedRunner(runner);
  const { firstStart } = await import('./first-start');
  const ownerFile = await firstStart(dataDir);

  onProgress('starting the pages');
  const { default: next } = await import('next');
  const server = createServer();
  const app = next({ dev, quiet: !dev, dir: process.cwd(), httpServer: server, port: env.PORT, hostname: 'localhost' });
  await app.prepare();
  const { observed } = await import('../server/telemetry/requests');
  const { readRoutes } = await import('../server/routes');
  const { direct } = await import('../server/api/direct');
  const { readable, refuseUpgrades } = await import('../server/readable');
  const routes = readRoutes(join('.next', 'routes-manifest.json'));
  const pages = app.getRequestHandler();
  const handle = observed(readable(dev ? pages : direct(pages, routes)), routes);
  const requests = drainable((request, response) => withConnection(request, () => handle(request, response)));
  server.on('request', requests.listener);
  if (dev) server.on('upgrade', app.getUpgradeHandler());
  else refuseUpgrades(server);
  await new Promise<void>((listening, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' ? new Error(`Port ${env.PORT} is in use. Set PORT to another one.`) : error),
    );
    server.listen(env.PORT, listening);
  });
  const relay = embedded ? undefined : await joinOtherProcesses();
  await runner?.start();
  await sendLeft();
  const stopAnnouncing = runner ? undefined : announceFunctions(env.PORT, log);

  const { closeDatabase } = await import('../db/client');
  const { beginToStop } = await import('../server/stopping');
  return {
    url: publicUrl(),
    ownerFile,
    async stop() {
      beginToStop();
      await pause(LINGER_MS);
      requests.refuse();
      stopAnnouncing?.();
      await Promise.all([runner?.stop({ drainMs: DRAIN_MS }), requests.drained(DRAIN_MS), pause(LINGER_MS)]);
      server.close();
      server.closeAllConnections();
      await relay?.stop();
      await stopTracing?.();
      await closeDatabase();
      await embedded?.stop();
    },
  };
}

/** Sends now what a process that died could not: whoever asked for it waits. */
async function sendLeft(): Promise<void> {
  const { BEFORE_NOW, sendLeftEvents } = await import('../server/outbox');
  const { log } = await import('../server/log');
  await sendLeftEvents({ since: BEFORE_NOW }).catch((error) =>
    log.warn({ err: error }, 'events left behind are sent later'),
  );
}

/** Runs of this process can be watched on others of the same database, and theirs here. */
async function joinOtherProcesses() {
  const { sharedSql } = await import('../db/client');
  const { log } = await import('../server/log');
  const { startRelay } = await import('../server/runs/relay');
  return startRelay(sharedSql(), log.child({ part: 'relay' }));
}

/** Ends the process cleanly when it is told to, and in any case soon. */
export function stopOnSignal(server: RunningServer): void {
  let stopping = false;
  const stop = () => {
    // A group's signal comes twice: to this process, and handed on by its launcher.
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), 2 * DRAIN_MS).unref();
    server.stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

/** A start that failed says why in one line, without a stack. */
export function failStart(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
