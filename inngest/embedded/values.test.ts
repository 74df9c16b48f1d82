import { randomBytes } from 'node:crypto';
import type { InngestFunction } from 'inngest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Batcher } from './batcher';
import { isUnstorable } from './storable';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, EVENT_KEY, eventually, SIGNING_KEY_HASH, type TestApp } from './testing/harness';

const LONG = randomBytes(3_000).toString('base64');
const ODD = ['a\0b', 'a\ud800b', LONG];
const deep = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('a batch', () => {
  const failing = (code: string) => {
    const sent: number[][] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        sent.push(items);
        if (items.includes(3)) throw Object.assign(new Error('bad'), { code });
        return items;
      },
      () => [],
      isUnstorable,
    );
    return { sent, settled: Promise.allSettled([1, 2, 3, 4].map((n) => batcher.push(n))) };
  };

  test('with what cannot be stored fails that alone', async () => {
    const { sent, settled } = failing('22P05');
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(sent).toEqual([[1, 2, 3, 4], [1], [2], [3], [4]]);
  });

  test('that meets a database in trouble fails as a whole, at once', async () => {
    const { sent, settled } = failing('53100');
    expect((await settled).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(sent).toHaveLength(1);
  });
});

test('what comes while a batch is on its way goes with the next, one that takes long holds up nobody', async () => {
  const sent: number[][] = [];
  const first = Promise.withResolvers<void>();
  const batcher = new Batcher<number, number>(
    async (items) => {
      sent.push(items);
      if (items.includes(1)) await first.promise;
      return items;
    },
    () => [],
    isUnstorable,
  );
  const turn = () => new Promise((next) => setImmediate(next));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stuck = batcher.push(1);
    await turn();
    const next = Promise.all([batcher.push(2), batcher.push(3)]);
    vi.advanceTimersByTime(49);
    await turn();
    expect(sent).toEqual([[1]]);
    vi.advanceTimersByTime(1);
    expect(await next).toEqual([2, 3]);
    first.resolve();
    expect(await stuck).toBe(1);
    expect(sent).toEqual([[1], [2, 3]]);
  } finally {
    vi.useRealTimers();
  }
});

test('a batch that is full waits for no other', async () => {
  const sent: number[][] = [];
  const never = new Promise<never>(() => {});
  const batcher = new Batcher<number, number>(
    async (items) => {
      sent.push(items);
      return items.includes(0) ? never : items;
    },
    () => [],
    isUnstorable,
    3,
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    void batcher.push(0);
    await new Promise((next) => setImmediate(next));
    expect(await Promise.all([1, 2, 3].map((n) => batcher.push(n)))).toEqual([1, 2, 3]);
    expect(sent).toEqual([[0], [1, 2, 3]]);
  } finally {
    vi.useRealTimers();
  }
});

describe.each(databases)('what cannot be stored on %s', (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  const post = async (app: TestApp, path: string, body: string, method = 'POST') => {
    const headers = { authorization: `Bearer ${SIGNING_KEY_HASH}` };
    const answer = await app.runner.fetch(`http://x${path}`, {
      method,
      headers,
      body: method === 'POST' ? body : undefined,
    });
    return { status: answer.status, said: JSON.stringify(await answer.json()) };
  };

  test('what a function asks for fails its run, once, and no other', async () => {
    const app = createApp(db, {
      outbound: async () => ({ status: 200, headers: {}, body: JSON.stringify(deep(600)) }),
    });
    const wait = { timeout: '1h' };
    const asks: [
      (step: Parameters<Parameters<TestApp['client']['createFunction']>[1]>[0]['step']) => unknown,
      string,
    ][] = [
      ...ODD.flatMap((name): typeof asks => [
        [(step) => step.waitForEvent('w', { ...wait, event: name }), 'cannot be waited for'],
        [(step) => step.waitForSignal('w', { ...wait, signal: name }), 'cannot be waited for'],
      ]),
      [(step) => step.waitForEvent('w', { ...wait, event: 'e', if: 'async.data.x == "\0"' }), 'contains NUL'],
      [(step) => step.sleep('w', '99999999999w'), 'beyond all dates'],
      [(step) => step.run('w', () => deep(600)), 'nested deeper'],
      [() => deep(600), 'nested deeper'],
      [
        (step) =>
          step.ai.infer('w', { model: step.ai.models.openai({ model: 'm', apiKey: 'k' }), body: { messages: [] } }),
        'nested deeper',
      ],
    ];
    app.functions.push(
      app.client.createFunction(
        { id: 'asks', retries: 3, triggers: [{ event: app.event('ask') }] },
        async ({ event, step }) => await asks[event.data.n]?.[0](step),
      ),
      app.client.createFunction(
        { id: 'innocent', retries: 0, triggers: [{ event: app.event('work') }] },
        async ({ event, step }) => await step.run('a', () => event.data.n),
      ),
    );
    await app.start();
    const [asked, working] = [asks.map((_, n) => n), Array.from({ length: 40 }, (_, n) => n)];
    const { ids } = await app.client.send(
      [...asked.map((n) => ['ask', n]), ...working.map((n) => ['work', n])].map(([name, n]) => ({
        name: app.event(String(name)),
        data: { n },
      })),
    );
    expect((await app.ended('innocent', working.length)).map(({ output }) => output).sort((a, b) => a - b)).toEqual(
      working,
    );
    await app.ended('asks', asks.length);
    for (const [n, [, message]] of asks.entries()) {
      const { said } = await post(app, `/v1/events/${ids[n]}/runs`, '', 'GET');
      expect(said, `${n}`).toContain(message);
      expect(said, `${n}`).toContain('"Failed"');
    }
    expect(app.lines.filter(({ message }) => message === 'A job could not be committed')).toEqual([]);
    await app.runner.stop();
  });

  test.each([
    ...ODD.map((id): [object[], string, string?] => [[{ id, op: 'StepRun', data: 1 }], 'The id of the step']),
    [['a', 'a'].map((id) => ({ id, op: 'StepRun', data: 1 })), 'cannot be stored'],
    [[{ id: 'a', op: 'StepRun', data: 1 }], 'cannot be stored', '99999'],
  ])('what no SDK should answer fails the run (%#)', async (operations, message, version = '2') => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 3, triggers: [{ event: app.event('go') }] }, () => {}),
    );
    await app.start();
    const headers = { 'x-inngest-sdk': 'js:v4', 'x-inngest-req-version': version };
    app.handler.current = async () => new Response(JSON.stringify(operations), { status: 206, headers });
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([
      { status: 'failed', output: { message: expect.stringContaining(message) } },
    ]);
    await app.runner.stop();
  });

  test('what is only said of a step, an error or a value is kept as far as it can be', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 1, triggers: [{ event: app.event('go') }] }, async (run) => {
        const value = await run.step.run('a\0\ud800', () => ({ 'k\0\ud800': 'v\0\ud800' }));
        if (run.attempt === 0) throw new Error(`a\0${'\ud83d\ude80'.repeat(600)}`);
        return value;
      }),
    );
    await app.start();
    await app.send('go', { 'k\0': 'v' });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: { 'k\0\ud800': 'v\0\ud800' } }]);
    await app.runner.stop();
  });

  test('an event as deep as may be starts a run that ends, well or not', async () => {
    const app = createApp(db);
    app.functions.push(
      ...(['well', 'badly'] as const).map((id) =>
        app.client.createFunction({ id, retries: 0, triggers: [{ event: app.event('deep') }] }, () => {
          if (id === 'badly') throw new Error('no');
        }),
      ),
    );
    await app.start();
    await app.send('deep', { value: deep(498) });
    expect(await app.ended('well')).toMatchObject([{ status: 'completed' }]);
    expect(await app.ended('badly')).toMatchObject([{ status: 'failed' }]);
    await app.runner.stop();
  });

  test('keys may be of any length and of any characters', async () => {
    const app = createApp(db);
    const key = 'event.data.k';
    const options: Record<string, Partial<InngestFunction.Options>> = {
      idempotency: { idempotency: key },
      concurrency: { concurrency: { limit: 1, key } },
      singleton: { singleton: { key, mode: 'skip' } },
      rate: { rateLimit: { limit: 9, period: '1h', key } },
      debounce: { debounce: { period: '1s', key } },
      batch: { batchEvents: { maxSize: 2, timeout: '1s', key } },
      cancel: { cancelOn: [{ event: app.event('never'), match: 'data.k' }] },
    };
    app.functions.push(
      ...Object.entries(options).map(([id, option]) =>
        app.client.createFunction({ id, retries: 0, triggers: [{ event: app.event('go') }], ...option }, () => {}),
      ),
    );
    await app.start();
    for (const k of [...ODD, `${LONG}b`]) await app.send('go', { k });
    await app.send('go', { k: LONG });
    for (const id of ['idempotency', 'debounce', 'batch']) expect(await app.ended(id, 4)).toHaveLength(4);
    for (const id of ['concurrency', 'rate', 'cancel']) expect(await app.ended(id, 5)).toHaveLength(5);
    // The fifth is turned away if the run of its key has not ended yet.
    await app.ended('singleton', 4);
    await app.runner.stop();
  });

  const quoted = (text: string) => JSON.stringify(text);
  const step = (id: string) => `{"id":${quoted(id)},"op":"StepRun","data":1}`;
  const checkpoint = (id: string, run = 'x') =>
    `{"qi_id":${quoted(`${run}/main`)},"generation_id":1,"steps":[${step(id)}]}`;
  const registers = (appName: string, ...ids: string[]) =>
    JSON.stringify({ appName, functions: ids.map((id) => ({ id, triggers: [], steps: { step: {} } })) });
  const cancels = (field: string, time: string) => JSON.stringify({ app_id: 'none', function_id: 'f', [field]: time });

  test.each([
    ...ODD.flatMap((odd): [string, string][] => [
      [`/e/${EVENT_KEY}`, `{"name":${quoted(odd)}}`],
      [`/e/${EVENT_KEY}`, `{"name":"a","id":${quoted(odd)}}`],
      ['/v1/signals', `{"signal":${quoted(odd)}}`],
      ['/v1/checkpoint/x/async', checkpoint(odd)],
      ['/v1/checkpoint/x/async', checkpoint('a', odd)],
      ['/fn/register', registers(odd)],
      ['/fn/register', registers('none', odd)],
    ]),
    ['/fn/register', registers('none', 'a', 'b', 'a')],
    ['/v1/checkpoint/%00/async', checkpoint('a')],
    ['/v1/cancellations', cancels('started_after', '0000-01-01T00:00:00Z')],
    ['/v1/cancellations', cancels('started_before', '9999-12-31T23:59:59-01:00')],
    ['/v1/runs/%00', ''],
    ['/v1/events/%00', ''],
    ['/v1/events/%00/runs', ''],
    ['/v0/runs/%00/actions', ''],
  ])('%s refuses what cannot be stored (%#)', async (path, body) => {
    const app = createApp(db);
    const { status, said } = await post(app, path, body, body ? 'POST' : 'GET');
    expect(status, said).toBe(400);
    expect(app.lines).toEqual([]);
  });

  test('one stored event that starts what cannot be stored holds up no other, and no start', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }] },
        ({ event }) => event.data.n,
      ),
      app.client.createFunction(
        { id: 'gathers', retries: 0, triggers: [], batchEvents: { maxSize: 2, timeout: '60s' } },
        ({ event }) => event.data.n,
      ),
    );
    const store = (id: string, n: number, ts: number, routed: boolean) => {
      const payload = JSON.stringify({ data: { n }, id, name: app.event('go'), ts });
      return db.sql`insert into runner.event (id, name, payload, routed)
        values (${`${app.id}${id}`}, ${app.event('go')}, ${payload}, ${routed})`;
    };
    for (const [n, ts] of [1, 1e18, 3].entries()) await store(`u${n}`, n, ts, false);
    await app.start();
    expect((await app.ended('f', 2)).map(({ output }) => output).sort()).toEqual([0, 2]);
    for (const [n, ts] of [1, 1e18, 3].entries()) {
      await store(`g${n}`, n, ts, true);
      await db.sql`insert into runner.gather (fn_id, key, event_ids, size, due_at)
        values (${`${app.id}-gathers`}, ${`k${n}`}, ${[`${app.id}g${n}`]}, 2, now())`;
    }
    app.runner.wake();
    expect((await app.ended('gathers', 2)).map(({ output }) => output).sort()).toEqual([0, 2]);
    await eventually(async () =>
      (await db.sql`select from runner.gather where fn_id = ${`${app.id}-gathers`}`).length === 0 ? true : undefined,
    );
    expect(await db.sql`select from runner.event where id like ${`${app.id}%`} and not routed`).toHaveLength(0);
    expect(app.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    await app.runner.stop();
  });
});
