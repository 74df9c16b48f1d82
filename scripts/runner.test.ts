import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inngest, type InngestFunction } from 'inngest';
import { serve } from 'inngest/node';
import { afterEach, describe, expect, test } from 'vitest';
import { startPostgres } from '@/inngest/embedded/testing/databases';
import { eventually } from '@/inngest/embedded/testing/harness';

/** `npm run runner` as apps of strangers meet it: processes, ports, keys, the unmodified SDK over HTTP. */

const SIGNING_KEY = `signkey-prod-${'ef'.repeat(16)}`;
const KEYS = { INNGEST_SIGNING_KEY: SIGNING_KEY, INNGEST_EVENT_KEY: 'an-event-key' };
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'muster-runner-'));
  cleanUp.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createNetServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

interface RunnerProcess {
  url: string;
  said: () => string;
  child: ChildProcess;
  exited: Promise<number | null>;
}

async function startRunner(port: number, env: Record<string, string>, ...args: string[]): Promise<RunnerProcess> {
  const inherited = { ...process.env };
  for (const name of Object.keys(inherited)) if (/^(DATABASE|INNGEST|MUSTER)_/.test(name)) delete inherited[name];
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/runner.ts', ...args], {
    env: { ...inherited, LOG_LEVEL: 'warn', MUSTER_RUNNER_PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  cleanUp.push(() => child.kill('SIGKILL'));
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(said);
    return said.includes('ready') || undefined;
  }, 90_000);
  return { url: `http://127.0.0.1:${port}`, said: () => said, child, exited };
}

/** An app that serves its functions on a port of its own. */
async function startApp(id: string, baseUrl: string, define: (client: Inngest) => InngestFunction.Any[], keys = KEYS) {
  const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
  const options = { id, isDev: false, eventKey: keys.INNGEST_EVENT_KEY, signingKey: keys.INNGEST_SIGNING_KEY, baseUrl };
  const client = new Inngest({ ...options, logger: quiet, internalLogger: quiet });
  const functions = define(client);
  const server: Server = createServer(serve({ client, functions, servePath: '/some/path' }));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  cleanUp.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const serveUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path`;
  const register = async () => {
    const answer = await fetch(serveUrl, { method: 'PUT' });
    return { status: answer.status, ...((await answer.json()) as { message: string; modified: boolean }) };
  };
  return { client, serveUrl, register };
}

const bearer = async (key: string) => {
  const bytes = Buffer.from(key.replace(/^signkey-\w+-/, ''), 'hex');
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
  return { authorization: `Bearer ${/^signkey-\w+-/.exec(key)?.[0] ?? ''}${hash}` };
};

describe('npm run runner', () => {
  test('with nothing installed: makes its keys, serves whoever registers, goes on after a restart', {
    timeout: 120_000,
  }, async () => {
    const dataDir = directory();
    const port = await freePort();
    const first = await startRunner(port, { MUSTER_DATA_DIR: dataDir });
    const keys = JSON.parse(readFileSync(join(dataDir, 'runner/keys.json'), 'utf8')) as typeof KEYS;
    expect(first.said()).toContain(keys.INNGEST_SIGNING_KEY);
    const begun: string[] = [];
    const define = (client: Inngest) => [
      client.createFunction(
        { id: 'naps', retries: 1, triggers: [{ event: 'shop/order' }] },
        async ({ event, step }) => {
          const order = await step.run('read', () => {
            begun.push('read');
            return { n: event.data.n, text: 'x'.repeat(100_000) };
          });
          await step.sleep('nap', '2s');
          return await step.run('total', () => Number(order.n) * 2);
        },
      ),
    ];
    const app = await startApp('shop', first.url, define, keys);
    expect(await app.register()).toMatchObject({ status: 200, modified: true });
    expect(await app.register()).toMatchObject({ status: 200, modified: false });
    const { ids } = await app.client.send({ name: 'shop/order', data: { n: 21 } });
    const headers = await bearer(keys.INNGEST_SIGNING_KEY);
    const runs = async () => {
      const answer = await fetch(`${first.url}/v1/events/${ids[0]}/runs`, { headers });
      return ((await answer.json()) as { data: { status: string; output: unknown }[] }).data;
    };
    await eventually(() => begun.length || undefined);
    expect(await runs()).toMatchObject([{ status: 'Running' }]);

    await expect(startRunner(await freePort(), { MUSTER_DATA_DIR: dataDir })).rejects.toThrow(/in use|another/i);
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    const again = await startRunner(port, { MUSTER_DATA_DIR: dataDir });
    expect(again.said()).not.toContain(keys.INNGEST_SIGNING_KEY);
    await eventually(async () => ((await runs())[0]?.status === 'Completed' ? true : undefined));
    expect(await runs()).toMatchObject([{ status: 'Completed', output: 42 }]);
    expect(begun).toEqual(['read']);
  });

  test('refuses strangers, tells apps what is wrong with their functions, and limits what it reads', {
    timeout: 60_000,
  }, async () => {
    const env = {
      MUSTER_DATA_DIR: directory(),
      ...KEYS,
      INNGEST_SIGNING_KEY_FALLBACK: `signkey-prod-${'12'.repeat(16)}`,
    };
    const runner = await startRunner(await freePort(), env);
    const none = () => [];
    const stranger = await startApp('stranger', runner.url, none, {
      ...KEYS,
      INNGEST_SIGNING_KEY: `signkey-prod-${'00'.repeat(16)}`,
    });
    expect((await stranger.register()).message).toContain('The signing key is not valid');
    const old = await startApp('old', runner.url, none, {
      ...KEYS,
      INNGEST_SIGNING_KEY: env.INNGEST_SIGNING_KEY_FALLBACK,
    });
    expect(await old.register()).toMatchObject({ status: 200 });
    const odd = await startApp('odd', runner.url, (client) => [
      client.createFunction({ id: 'f', triggers: [{ cron: 'every day' }] }, () => {}),
    ]);
    expect(await odd.register()).toMatchObject({
      status: 400,
      message: expect.stringContaining('"every day" is not valid'),
    });
    const event = (body: string) => fetch(`${runner.url}/e/${KEYS.INNGEST_EVENT_KEY}`, { method: 'POST', body });
    expect((await event('[{"name":"x"}]')).status).toBe(200);
    expect((await event('nonsense')).status).toBe(400);
    expect((await event(`[{"name":"${'x'.repeat(11_000_000)}"}]`)).status).toBe(413);
    expect((await fetch(`${runner.url}/e/wrong`, { method: 'POST', body: '[]' })).status).toBe(401);
    expect((await fetch(`${runner.url}/v1/runs/x`)).status).toBe(401);
    expect((await fetch(`${runner.url}/health`)).status).toBe(200);
  });

  test('--app asks an app for its functions; --dev asks nobody for keys', { timeout: 180_000 }, async () => {
    const port = await freePort();
    const done: unknown[] = [];
    const app = await startApp('asked', `http://127.0.0.1:${port}`, (client) => [
      client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: 'asked/go' }] },
        ({ event }) => void done.push(event.data),
      ),
    ]);
    const runner = await startRunner(port, { MUSTER_DATA_DIR: directory(), ...KEYS }, '--app', app.serveUrl, '--dev');
    const body = JSON.stringify({ name: 'asked/go', data: { n: 1 } });
    expect((await fetch(`${runner.url}/e/whatever`, { method: 'POST', body })).status).toBe(200);
    await eventually(() => done[0]);
    expect((await fetch(`${runner.url}/dev`)).status).toBe(200);
  });

  test('three processes on one Postgres, one of them killed at random under load: every run is right', {
    timeout: 400_000,
  }, async () => {
    const db = await startPostgres();
    cleanUp.push(() => db.stop());
    const env = { MUSTER_DATA_DIR: directory(), ...db.address, ...KEYS };
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const runners = await Promise.all(ports.map((port) => startRunner(port, env)));
    const url = (n: number) => `http://127.0.0.1:${ports[n]}`;
    const work = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20));

    const child = await startApp('other', url(1), (client) => [
      client.createFunction(
        { id: 'double', retries: 3, triggers: [{ event: 'other/double' }] },
        async ({ event, step }) => step.run('double', () => work().then(() => 2 * Number(event.data.n))),
      ),
    ]);
    const RUNS = 120;
    const app = await startApp('main', url(0), (client) => [
      client.createFunction({ id: 'f', retries: 3, triggers: [{ event: 'main/go' }] }, async ({ event, step }) => {
        const n = Number(event.data.n);
        const first = await step.run('first', () => work().then(() => n));
        const [a, b, c] = await Promise.all([
          step.run('a', () => work().then(() => first + 1)),
          step.run('b', () => work().then(() => first + 2)),
          step.invoke('c', { function: referenced(child.client), data: { n: first } }),
        ]);
        if (n % 5 === 0) await step.sleep('nap', '1s');
        return await step.run('last', () => work().then(() => a + b + Number(c)));
      }),
    ]);
    expect(await child.register()).toMatchObject({ status: 200 });
    expect(await app.register()).toMatchObject({ status: 200 });

    const ended = async () =>
      Number((await db.sql`select count(*) from runner.run where fn_id = 'main-f' and ended_at is not null`)[0]?.count);
    const sending = (async () => {
      for (let n = 0; n < RUNS; n++) {
        await eventually(
          () =>
            app.client.send({ id: `go-${n}`, name: 'main/go', data: { n } }).then(
              () => true,
              () => undefined,
            ),
          90_000,
        );
      }
    })();
    let interrupted = 0;
    for (let round = 0; round < 4; round++) {
      await work();
      await eventually(async () => ((await ended()) > round * 15 ? true : undefined), 90_000);
      const victim = Math.floor(Math.random() * 3);
      if ((await ended()) < RUNS) interrupted++;
      runners[victim]?.child.kill('SIGKILL');
      await runners[victim]?.exited;
      runners[victim] = await startRunner(ports[victim] ?? 0, env);
    }
    await sending;
    await eventually(async () => ((await ended()) === RUNS ? true : undefined), 120_000);
    expect(interrupted).toBeGreaterThan(0);
    const rows =
      await db.sql`select r.status, r.output, e.payload from runner.run r join runner.event e on e.id = r.event_id where r.fn_id = 'main-f'`;
    const results = rows.map(({ status, output, payload }) => ({
      status,
      output: Number(output),
      n: Number(JSON.parse(payload).data.n),
    }));
    expect(new Set(results.map(({ n }) => n)).size).toBe(RUNS);
    expect(results.filter(({ status, output, n }) => status !== 'completed' || output !== 4 * n + 3)).toEqual([]);
    const children = await db.sql`select status, count(*)::int from runner.run where fn_id = 'other-double' group by 1`;
    expect(children).toEqual([{ status: 'completed', count: RUNS }]);
    expect(await db.sql`select * from runner.job`).toHaveLength(0);
    runners[0]?.child.kill('SIGTERM');
    expect(await runners[0]?.exited).toBe(0);
  });
});

/** The function of the other app, as its own client made it. */
const referenced = (client: Inngest): InngestFunction.Any => {
  const [fn] = client.funcs;
  if (!fn) throw new Error('The other app has no function');
  return fn;
};
