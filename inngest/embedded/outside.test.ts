import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetch as stepFetch } from 'inngest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRunnerServer } from './http-server';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, EVENT_KEY, eventually, SIGNING_KEY_HASH, type TestApp } from './testing/harness';

describe.each(databases)('signals, requests and the API on %s', (_name, open) => {
  let db: TestDatabase;
  let url = '';
  const asked: { path: string; headers: Record<string, unknown>; body: string }[] = [];
  const answers: Record<string, (asked: number) => [number, string, Record<string, string>?]> = {
    '/ok': () => [201, 'made', { 'x-from': 'test' }],
    '/error': () => [500, 'no'],
    '/flaky': (count) => (count < 2 ? [503, 'later', { 'retry-after': '0' }] : [200, '{"choices":["yes"]}']),
    '/refused': () => [400, '{"error":"bad model"}'],
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url ?? '';
    asked.push({ path, headers: request.headers, body });
    const answer = answers[path]?.(asked.filter((one) => one.path === path).length);
    if (!answer) return void request.socket.destroy();
    response.writeHead(answer[0], answer[2]).end(answer[1]);
  });

  beforeAll(async () => {
    db = await open();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 60_000);
  afterAll(async () => {
    server.close();
    await db.stop();
  });

  const waiting = (app: TestApp, count: number) =>
    eventually(async () =>
      (
        await db.sql`select from runner.wait where kind = 'signal' and run_id in (select id from runner.run where fn_id like ${`${app.id}%`})`
      ).length === count
        ? true
        : undefined,
    );
  const call = async (app: TestApp, method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${SIGNING_KEY_HASH}` };
    const answer = await app.runner.fetch(`http://x${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, body: answer.status === 204 ? undefined : await answer.json() };
  };

  test('a signal ends the wait for it, from a step and from outside; unheard ones are told apart', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'waits', retries: 0, triggers: [{ event: app.event('wait') }] },
        ({ event, step }) =>
          step.waitForSignal('for-it', { signal: String(event.data.signal), timeout: '1h', onConflict: 'fail' }),
      ),
      app.client.createFunction(
        { id: 'sends', retries: 0, triggers: [{ event: app.event('send') }] },
        ({ event, step }) => step.sendSignal('it', { signal: String(event.data.signal), data: { from: 'step' } }),
      ),
    );
    await app.start();
    const [one, two] = [`${app.id}-1`, `${app.id}-2`];
    await Promise.all([app.send('wait', { signal: one }), app.send('wait', { signal: two })]);
    await waiting(app, 2);
    expect(await call(app, 'POST', '/v1/signals', { signal: 'unheard' })).toMatchObject({ status: 404 });
    expect(await call(app, 'POST', '/v1/signals', { data: 1 })).toMatchObject({ status: 400 });
    const answered = await call(app, 'POST', '/v1/signals', { signal: one, data: { from: 'outside' } });
    expect(answered).toMatchObject({ status: 200, body: { data: { run_id: expect.any(String) } } });
    await app.send('send', { signal: two });
    const outputs = (await app.ended('waits', 2)).map(({ output }) => output);
    expect(outputs).toContainEqual({ signal: one, data: { from: 'outside' } });
    expect(outputs).toContainEqual({ signal: two, data: { from: 'step' } });
    expect((await app.ended('sends')).map(({ status }) => status)).toEqual(['completed']);
    await app.runner.stop();
  });

  test('of two waits for one signal the second fails or replaces the first; in vain it is null', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }] },
        async ({ event, step }) => {
          const onConflict = event.data.replace ? 'replace' : 'fail';
          const timeout = event.data.timeout ?? '1h';
          const got = await step.waitForSignal('it', { signal: app.id, timeout, onConflict });
          return { n: event.data.n, got };
        },
      ),
    );
    await app.start();
    await app.send('go', { n: 1 });
    await waiting(app, 1);
    await app.send('go', { n: 2 });
    expect((await app.ended('f'))[0]).toMatchObject({
      status: 'failed',
      output: { message: expect.stringContaining(app.id) },
    });
    await app.send('go', { n: 3, replace: true });
    await eventually(async () => {
      const [wait] = await db.sql`select e.payload from runner.wait w join runner.run r on r.id = w.run_id
        join runner.event e on e.id = r.event_id where w.event_name = ${app.id}`;
      return String(wait?.payload).includes('"n":3') ? true : undefined;
    });
    await app.client.sendSignal({ signal: app.id, data: 'hello' });
    expect((await app.ended('f', 2)).at(-1)).toMatchObject({
      output: { n: 3, got: { signal: app.id, data: 'hello' } },
    });
    await app.send('go', { n: 4, timeout: '1s' });
    expect((await app.ended('f', 3)).at(-1)).toMatchObject({ status: 'completed', output: { n: 4, got: null } });
    const [left] = (await app.runs('f')).filter(({ status }) => status === 'active');
    await call(app, 'DELETE', `/v1/runs/${left?.id}`);
    await app.runner.stop();
  });

  test('step.fetch: any answer is the result, kept for later attempts; no answer is tried again', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 1, triggers: [{ event: app.event('go') }] },
        async ({ event, attempt }) => {
          const headers = { 'x-of': 'step' };
          const answer = await stepFetch(`${url}${event.data.path}`, { method: 'POST', headers, body: 'sent' });
          if (attempt === 0) throw new Error('once');
          return [answer.status, answer.headers.get('x-from'), await answer.text()];
        },
      ),
    );
    await app.start();
    asked.length = 0;
    await app.send('go', { path: '/ok' });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: [201, 'test', 'made'] }]);
    expect(asked).toMatchObject([{ path: '/ok', headers: { 'x-of': 'step' }, body: 'sent' }]);
    await app.send('go', { path: '/error' });
    expect((await app.ended('f', 2)).at(-1)).toMatchObject({ output: [500, null, 'no'] });
    await app.send('go', { path: '/hangs-up' });
    expect((await app.ended('f', 3)).at(-1)).toMatchObject({
      status: 'failed',
      output: { message: expect.stringContaining('fetch failed') },
    });
    expect(asked.filter(({ path }) => path === '/hangs-up')).toHaveLength(2);
    await app.runner.stop();
  });

  test('step.ai.infer: the vendor is called with its key, errors as the vendor means them', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 1, triggers: [{ event: app.event('go') }] },
        async ({ event, step }) => {
          const model = step.ai.models.openai({ model: 'm', apiKey: 'secret', baseUrl: `${url}/` });
          return await step.ai.infer('ask', {
            model: { ...model, url: `${url}${event.data.path}` },
            body: { messages: [{ role: 'user', content: 'hi' }] },
          });
        },
      ),
    );
    await app.start();
    asked.length = 0;
    await app.send('go', { path: '/flaky' });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: { choices: ['yes'] } }]);
    expect(asked).toHaveLength(2);
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' });
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ model: 'm', messages: [{ content: 'hi' }] });
    await app.send('go', { path: '/refused' });
    expect((await app.ended('f', 2)).at(-1)).toMatchObject({
      status: 'failed',
      output: { message: expect.stringContaining('bad model') },
    });
    expect(asked.filter(({ path }) => path === '/refused')).toHaveLength(1);
    await app.runner.stop();
  });

  test('the public API tells of events and runs, and cancels', async () => {
    const app = createApp(db);
    const cancelled: string[] = [];
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }] },
        async ({ event, step }) => {
          if (event.data.wait) await step.sleep('long', '1h');
          return 'done';
        },
      ),
      app.client.createFunction(
        {
          id: 'hears',
          retries: 0,
          triggers: [{ event: 'inngest/function.cancelled', if: `event.data.function_id == '${app.id}-f'` }],
        },
        ({ event }) => void cancelled.push(event.data.run_id),
      ),
    );
    await app.start();
    const { ids } = await app.send('go', { n: 1 }, `${app.id}-named`);
    expect(ids).toEqual([`${app.id}-named`]);
    await app.ended('f');
    const event = await call(app, 'GET', `/v1/events/${ids[0]}`);
    expect(event).toMatchObject({ status: 200, body: { data: { id: ids[0], name: app.event('go'), data: { n: 1 } } } });
    const runs = (await call(app, 'GET', `/v1/events/${event.body.data.internal_id}/runs`)).body.data;
    expect(runs).toMatchObject([
      { status: 'Completed', output: 'done', function_id: `${app.id}-f`, ended_at: expect.any(String) },
    ]);
    expect((await call(app, 'GET', `/v1/runs/${runs[0].run_id}`)).body.data).toEqual(runs[0]);
    expect((await call(app, 'DELETE', `/v1/runs/${runs[0].run_id}`)).status).toBe(409);
    for (const path of ['/v1/runs/nobody', '/v1/events/nobody', '/v1/events/nobody/runs']) {
      expect((await call(app, 'GET', path)).status).toBe(404);
    }

    await app.send('go', { wait: true, n: 2 });
    const one = await eventually(async () => (await app.runs('f')).find(({ status }) => status === 'active'));
    expect((await call(app, 'GET', `/v1/runs/${one.id}`)).body.data.status).toBe('Running');
    expect((await call(app, 'DELETE', `/v1/runs/${one.id}`)).status).toBe(204);
    expect((await call(app, 'DELETE', `/v1/runs/${one.id}`)).status).toBe(204);
    expect((await call(app, 'GET', `/v1/runs/${one.id}`)).body.data.status).toBe('Cancelled');

    await app.client.send([3, 4, 5].map((n) => ({ name: app.event('go'), data: { wait: true, n } })));
    await eventually(async () => ((await app.runs('f')).length === 5 ? true : undefined));
    const which = { app_id: app.id, function_id: 'f', started_before: new Date(Date.now() + 60_000).toISOString() };
    expect((await call(app, 'POST', '/v1/cancellations', { ...which, if: 'event.data.n > 3' })).body.cancelled).toBe(2);
    expect((await call(app, 'POST', '/v1/cancellations', { ...which, if: 'event.data.n >' })).status).toBe(400);
    expect((await call(app, 'POST', '/v1/cancellations', { ...which, function_id: 'g' })).status).toBe(404);
    expect((await call(app, 'POST', '/v1/cancellations', which)).body.cancelled).toBe(1);
    await eventually(() => (cancelled.length === 4 ? true : undefined));
    await app.runner.stop();
  });

  test('a batch is found by each of its events', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, batchEvents: { maxSize: 3, timeout: '60s' }, triggers: [{ event: app.event('go') }] },
        () => {},
      ),
    );
    await app.start();
    const { ids } = await app.client.send([1, 2, 3].map((n) => ({ name: app.event('go'), data: { n } })));
    const [run] = await app.ended('f');
    for (const id of ids) {
      expect((await call(app, 'GET', `/v1/events/${id}/runs`)).body.data).toMatchObject([{ run_id: run?.id }]);
    }
    await app.runner.stop();
  });

  test('a page in a browser may send events, and nothing else', async () => {
    const app = createApp(db);
    const runner = createRunnerServer(app.runner);
    await new Promise<void>((listening) => runner.listen(0, '127.0.0.1', listening));
    const ask = async (method: string, path: string) => {
      const headers = { origin: 'https://shop.example', 'access-control-request-headers': 'content-type' };
      const body = method === 'POST' ? '[]' : undefined;
      const { port } = runner.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body });
      const allowed = ['origin', 'methods', 'headers'].map((what) =>
        answer.headers.get(`access-control-allow-${what}`),
      );
      return [answer.status, ...allowed];
    };
    expect(await ask('OPTIONS', `/e/${EVENT_KEY}`)).toEqual([204, '*', 'POST', 'content-type']);
    expect(await ask('POST', `/e/${EVENT_KEY}`)).toEqual([200, '*', null, null]);
    expect(await ask('POST', '/e/wrong')).toEqual([401, '*', null, null]);
    expect(await ask('OPTIONS', '/v1/runs/x')).toEqual([501, null, null, null]);
    runner.close();
  });

  test('every endpoint asks for its key, and answers what is wrong with 4xx', async () => {
    const app = createApp(db);
    const paths = [
      ['POST', '/e/wrong'],
      ['POST', '/fn/register'],
      ['POST', '/v1/signals'],
      ['POST', '/v1/checkpoint/x/async'],
      ['POST', '/v1/cancellations'],
      ['GET', '/v0/runs/x/actions'],
      ['GET', '/v0/runs/x/batch'],
      ['GET', '/v1/events/x'],
      ['GET', '/v1/events/x/runs'],
      ['GET', '/v1/runs/x'],
      ['DELETE', '/v1/runs/x'],
      ['GET', '/dev'],
    ] as const;
    for (const [method, path] of paths) {
      expect((await app.runner.fetch(`http://x${path}`, { method })).status, path).toBe(401);
      const wrong = { authorization: `Bearer ${SIGNING_KEY_HASH}x` };
      expect((await app.runner.fetch(`http://x${path}`, { method, headers: wrong })).status, path).toBe(401);
    }
    for (const path of [
      `/e/${EVENT_KEY}`,
      '/fn/register',
      '/v1/signals',
      '/v1/checkpoint/x/async',
      '/v1/cancellations',
    ]) {
      for (const body of ['', '{', 'null', '[]', '"x"', '{"steps":1}']) {
        const headers = { authorization: `Bearer ${SIGNING_KEY_HASH}` };
        const { status } = await app.runner.fetch(`http://x${path}`, { method: 'POST', headers, body });
        expect([200, 400], `${path} ${body}`).toContain(status);
      }
    }
    expect((await app.runner.fetch('http://x/health')).status).toBe(200);
    expect(app.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
