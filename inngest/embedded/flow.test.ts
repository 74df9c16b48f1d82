import type { EventPayload, InngestFunction } from 'inngest';
import { serve } from 'inngest/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, eventually, type TestApp } from './testing/harness';

/** A promise that is kept from outside. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

type Concurrency = Extract<InngestFunction.Options['concurrency'], { limit: number }>;

describe.each(databases)('flow control on %s', (_name, openDatabase) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openDatabase();
  }, 60_000);
  afterAll(() => db.stop());

  /** An app of one function `f`, triggered by `go`, that notes the events of each of its runs. */
  async function started(options: Partial<InngestFunction.Options>, work: (n: unknown) => unknown = () => {}) {
    const app = createApp(db);
    const seen: unknown[][] = [];
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }], ...options },
        async ({ event, events }) => {
          seen.push(events.map(({ data }: EventPayload) => data.n));
          return await work(event.data.n);
        },
      ),
    );
    await app.start();
    return { app, seen };
  }
  const send = (app: TestApp, ...data: Record<string, unknown>[]) =>
    app.client.send(data.map((each) => ({ name: app.event('go'), data: each })));
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));
  const count = async (app: TestApp, status?: string) =>
    (await app.runs('f')).filter((run) => !status || run.status === status).length;

  test('idempotency counts once what its key joins, and what it joins may be unlike', async () => {
    const { app, seen } = await started({ idempotency: 'event.data.u + "-" + event.data.n' });
    await send(app, { u: 'a', n: 1 }, { u: 'a', n: 2 }, { u: 'b', n: 1 }, { u: 'b', n: 1 });
    await app.ended('f', 3);
    expect(seen.flat().sort()).toEqual([1, 1, 2]);
    await app.runner.stop();
  });

  test('rateLimit turns away what is beyond the limit of each key', async () => {
    const { app, seen } = await started({ rateLimit: { limit: 2, period: '1h', key: 'event.data.org' } });
    await send(app, ...['a', 'a', 'b', 'a', 'a'].map((org, n) => ({ org, n })));
    await send(app, { org: 'a', n: 5 }, { org: 'b', n: 6 }, { org: 'b', n: 7 });
    await app.ended('f', 4);
    expect(await count(app)).toBe(4);
    expect(seen.flat().sort()).toEqual([0, 1, 2, 6]);
    // An hour is over: the limiter's memory, not the clock, is what decides.
    await db.sql`update runner.limiter set arrival_at = arrival_at - interval '1 hour' where key like ${`rate:${app.id}%`}`;
    await send(app, { org: 'a', n: 8 }, { org: 'a', n: 9 }, { org: 'a', n: 10 });
    await app.ended('f', 6);
    expect(seen.flat().slice(4).sort()).toEqual([8, 9]);
    await app.runner.stop();
  });

  test('rateLimit holds under many senders at once', async () => {
    const { app } = await started({ rateLimit: { limit: 7, period: '1h' } });
    await Promise.all(numbers(60).map((data) => send(app, data)));
    await app.ended('f', 7);
    expect(await count(app)).toBe(7);
    await app.runner.stop();
  });

  test('throttle spreads the starts evenly, with its burst at once', async () => {
    const { app } = await started({ throttle: { limit: 60, period: '1h', burst: 3, key: 'event.data.org' } });
    await Promise.all(numbers(6).map(({ n }) => send(app, { org: 'a', n }, { org: 'b', n })));
    await app.ended('f', 6);
    const waiting = await db.sql`
      select round(extract(epoch from j.run_at - r.created_at)) as s from runner.job j join runner.run r on r.id = j.run_id
      where j.fn_id = ${`${app.id}-f`} order by 1`;
    expect(waiting.map(({ s }) => Math.round(Number(s) / 60))).toEqual([1, 1, 2, 2, 3, 3]);
    await app.runner.stop();
    await db.sql`delete from runner.job where fn_id = ${`${app.id}-f`}`;
  });

  test('throttled runs begin when their time comes, in their order', async () => {
    const { app, seen } = await started({ throttle: { limit: 10, period: '1s' } });
    await send(app, ...numbers(5));
    await app.ended('f', 5);
    expect(seen.flat()).toEqual([0, 1, 2, 3, 4]);
    const waited = await db.sql`
      select extract(epoch from ended_at - created_at) as s from runner.run where fn_id = ${`${app.id}-f`} order by ended_at`;
    for (const [n, row] of waited.entries()) expect(Number(row.s)).toBeGreaterThan(n / 10 - 0.001);
    await app.runner.stop();
  });

  test('debounce starts one run with the newest event, put off no longer than its timeout', async () => {
    const { app, seen } = await started({ debounce: { period: '1s', timeout: '1h', key: 'event.data.org' } });
    await send(app, { org: 'a', n: 1 }, { org: 'b', n: 2 }, { org: 'a', n: 3 });
    await send(app, { org: 'a', n: 4 });
    const rows =
      await db.sql`select event_ids, due_at < deadline_at as waits from runner.gather where fn_id = ${`${app.id}-f`}`;
    expect(rows).toHaveLength(2);
    await app.ended('f', 2);
    expect(seen.flat().sort()).toEqual([2, 4]);
    await send(app, { org: 'a', n: 5 });
    await db.sql`update runner.gather set deadline_at = now() where fn_id = ${`${app.id}-f`}`;
    await send(app, { org: 'a', n: 6 });
    await app.ended('f', 3);
    expect(seen.flat().slice(2)).toEqual([6]);
    expect(await db.sql`select * from runner.gather where fn_id = ${`${app.id}-f`}`).toHaveLength(0);
    await app.runner.stop();
  });

  test('batchEvents: full batches at once, the rest after its timeout, others singly', async () => {
    const { app, seen } = await started({
      batchEvents: { maxSize: 3, timeout: '1s', key: 'event.data.org', if: 'event.data.n < 100' },
    });
    await send(app, ...numbers(7).map(({ n }) => ({ org: 'a', n })), { org: 'a', n: 100 }, { org: 'b', n: 8 });
    await app.ended('f', 5);
    expect(seen.map((batch) => batch.join()).sort()).toEqual(['0,1,2', '100', '3,4,5', '6', '8']);
    await app.runner.stop();
  });

  test('a batch starts when its events are large enough together', async () => {
    const { app, seen } = await started({ batchEvents: { maxSize: 100, timeout: '3600s' } });
    const text = 'x'.repeat(500_000);
    for (let page = 0; page < 3; page++) await send(app, ...numbers(8).map(({ n }) => ({ n: page * 8 + n, text })));
    await app.ended('f');
    expect(seen).toEqual([numbers(21).map(({ n }) => n)]);
    const [left] =
      await db.sql`select cardinality(event_ids) as count, bytes > 1500000 as heavy, due_at > now() as waits
      from runner.gather where fn_id = ${`${app.id}-f`}`;
    expect(left).toEqual({ count: 3, heavy: true, waits: true });
    await app.runner.stop();
  });

  test('batches have one limit, whatever its key', async () => {
    const { open, opened } = gate();
    const key = 'event.data.u';
    const { app, seen } = await started(
      { batchEvents: { maxSize: 1, timeout: '60s', key }, concurrency: { limit: 1, key } },
      () => opened,
    );
    await send(app, ...numbers(3).map(({ n }) => ({ u: n, n })));
    await eventually(() => seen.length > 0 || undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(seen).toHaveLength(1);
    open();
    await app.ended('f', 3);
    await app.runner.stop();
  });

  test.each([
    { ids: 'a debounce takes the newest of an id', options: { debounce: { period: '1s' } }, runs: [[2]] },
    { ids: 'a batch takes all of an id', options: { batchEvents: { maxSize: 2, timeout: '60s' } }, runs: [[1, 2]] },
    { ids: 'others take the first of an id', options: {}, runs: [[1]] },
  ] as const)('$ids', async ({ options, runs }) => {
    const { app, seen } = await started(options);
    for (const n of [1, 2]) await app.send('go', { n }, app.id);
    await app.ended('f');
    expect(seen).toEqual(runs);
    await app.runner.stop();
  });

  test('batches filled by many senders lose no event and hold none twice', async () => {
    const { app, seen } = await started({ batchEvents: { maxSize: 10, timeout: '1s' } });
    await Promise.all(numbers(95).map((data) => send(app, data)));
    await app.ended('f', 10);
    expect(seen.flat().sort((a, b) => Number(a) - Number(b))).toEqual(numbers(95).map(({ n }) => n));
    expect(Math.max(...seen.map(({ length }) => length))).toBe(10);
    await app.runner.stop();
  });

  test('a batch that failed is tried again with all its events', async () => {
    const app = createApp(db);
    const seen: unknown[] = [];
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 1, batchEvents: { maxSize: 2, timeout: '3600s' }, triggers: [{ event: app.event('go') }] },
        async ({ events, attempt, step }) => {
          const sent = events.map(({ data }: EventPayload) => data.n);
          const all = await step.run('read', () => sent);
          seen.push([attempt, ...sent]);
          if (attempt === 0) throw new Error('once');
          return all;
        },
      ),
    );
    await app.start();
    await send(app, ...numbers(2));
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: [0, 1] }]);
    expect(seen).toEqual([
      [0, 0, 1],
      [1, 0, 1],
    ]);
    await app.runner.stop();
  });

  test('singleton skip: no second run of a key while one is active', async () => {
    const { open, opened } = gate();
    const { app } = await started({ singleton: { mode: 'skip', key: 'event.data.org' } }, () => opened);
    await send(app, { org: 'a' }, { org: 'a' }, { org: 'b' });
    await send(app, { org: 'a' });
    expect(await count(app)).toBe(2);
    open();
    await app.ended('f', 2);
    await send(app, { org: 'a' });
    await app.ended('f', 3);
    expect(await count(app, 'completed')).toBe(3);
    await app.runner.stop();
  });

  test('singleton cancel: the newest run replaces the one before it', async () => {
    const { open, opened } = gate();
    const { app } = await started({ singleton: { mode: 'cancel', key: 'event.data.org' } }, (n) =>
      opened.then(() => n),
    );
    await send(app, { org: 'a', n: 1 }, { org: 'b', n: 2 });
    await send(app, { org: 'a', n: 3 });
    await Promise.all([send(app, { org: 'a', n: 4 }), send(app, { org: 'a', n: 5 }), send(app, { org: 'a', n: 6 })]);
    await eventually(async () => ((await count(app, 'cancelled')) === 4 ? true : undefined));
    open();
    const ended = await app.ended('f', 6);
    expect(ended.filter(({ status }) => status === 'completed')).toHaveLength(2);
    await app.runner.stop();
  });

  test('timeouts.start cancels what has not begun, and only that', async () => {
    const { open, opened } = gate();
    const { app } = await started({ concurrency: 1, timeouts: { start: '1s' } }, () => opened);
    await send(app, ...numbers(3));
    await eventually(async () => ((await count(app, 'cancelled')) === 2 ? true : undefined));
    open();
    await eventually(async () => ((await count(app, 'completed')) === 1 ? true : undefined));
    expect(await db.sql`select * from runner.job where fn_id = ${`${app.id}-f`}`).toHaveLength(0);
    await app.runner.stop();
  });

  test('timeouts.finish cancels a run between its calls, and lets the last call finish', async () => {
    const app = createApp(db);
    const { open, opened } = gate();
    const ran: string[] = [];
    const triggers = [{ event: app.event('go') }];
    const options = { retries: 0 as const, timeouts: { finish: '1s' as const }, triggers };
    app.functions.push(
      app.client.createFunction({ id: 'f', ...options }, () => opened.then(() => 'late')),
      app.client.createFunction({ id: 'sleeps', ...options }, ({ step }) => step.sleep('nap', '1h')),
      app.client.createFunction({ id: 'steps', ...options }, async ({ step }) => {
        await step.run('a', () => opened);
        await step.run('b', () => ran.push('b'));
      }),
    );
    await app.start();
    await send(app, { n: 1 });
    expect(await app.ended('sleeps')).toMatchObject([{ status: 'cancelled' }]);
    await eventually(async () =>
      (await db.sql`select from runner.run where overdue and ended_at is null and fn_id like ${`${app.id}%`}`)
        .length === 2
        ? true
        : undefined,
    );
    open();
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: 'late' }]);
    expect(await app.ended('steps')).toMatchObject([{ status: 'cancelled' }]);
    expect(ran).toEqual([]);
    await app.runner.stop();
  });

  test('an event of a time to come starts its run then', async () => {
    const { app } = await started({});
    await app.client.send({ name: app.event('go'), data: { n: 1 }, ts: Date.now() + 3_600_000 });
    const [job] =
      await db.sql`select extract(epoch from run_at - now()) as s from runner.job where fn_id = ${`${app.id}-f`}`;
    expect(Number(job?.s)).toBeGreaterThan(3_500);
    await db.sql`update runner.job set run_at = now(), rank = now() where fn_id = ${`${app.id}-f`}`;
    await send(app, { n: 2 });
    await app.ended('f', 2);
    await app.runner.stop();
  });

  test('an invocation is neither turned away nor gathered', async () => {
    const app = createApp(db);
    const target = app.client.createFunction(
      {
        id: 'target',
        retries: 0,
        rateLimit: { limit: 1, period: '1h' },
        debounce: { period: '1h' },
        singleton: { mode: 'skip' },
        triggers: [{ event: app.event('other') }],
      },
      ({ event }) => event.data.n,
    );
    app.functions.push(
      target,
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        Promise.all([1, 2, 3].map((n) => step.invoke(`call-${n}`, { function: target, data: { n } }))),
      ),
    );
    await app.start();
    await send(app, { n: 0 });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: [1, 2, 3] }]);
    await app.runner.stop();
  });

  test('thousands of jobs of a limit that is used up hold up no other key', async () => {
    const { open, opened } = gate();
    const { app, seen } = await started({ concurrency: { limit: 2, key: 'event.data.org' } }, (n) =>
      Number(n) < 5_000 ? opened : undefined,
    );
    for (let page = 0; page < 5; page++) {
      await send(app, ...numbers(1_000).map(({ n }) => ({ org: 'full', n: page * 1_000 + n })));
    }
    await send(app, ...numbers(20).map(({ n }) => ({ org: `free-${n}`, n: 5_000 + n })));
    const ran = (isFree: boolean) => seen.flat().filter((n) => Number(n) >= 5_000 === isFree).length;
    await eventually(() => ran(true) === 20 || undefined);
    expect(ran(false)).toBe(2);
    open();
    await eventually(() => ran(false) > 40 || undefined);
    await app.runner.stop();
    await db.sql`delete from runner.job where fn_id = ${`${app.id}-f`}`;
  });

  test('with two limits the jobs of a key that is used up hold up no other key', async () => {
    const { open, opened } = gate();
    const { app, seen } = await started(
      { concurrency: [{ limit: 4 }, { limit: 1, key: 'event.data.u' }] },
      () => opened,
    );
    await send(app, ...numbers(8).map(({ n }) => ({ u: 'a', n })), { u: 'b', n: 8 }, { u: 'c', n: 9 });
    await eventually(() => seen.length === 3 || undefined);
    expect(seen.flat().sort()).toEqual([0, 8, 9]);
    open();
    await app.ended('f', 10);
    await app.runner.stop();
  });

  /** Two functions whose limits are shared, holding all their calls until told; and which of them execute. */
  async function sharing(first: Concurrency, second: Concurrency) {
    const { open, opened } = gate();
    const app = createApp(db);
    const executing: string[] = [];
    for (const [id, concurrency] of Object.entries({ first, second })) {
      app.functions.push(
        app.client.createFunction({ id, retries: 0, concurrency, triggers: [{ event: app.event(id) }] }, async () => {
          executing.push(id);
          await opened;
        }),
      );
    }
    await app.start();
    const data = { here: app.id, there: app.id };
    const begin = (...ids: string[]) => app.client.send(ids.map((id) => ({ name: app.event(id), data })));
    await begin('first');
    await eventually(() => executing.length === 1 || undefined);
    await begin('first', 'second', 'second');
    return { app, executing, open };
  }
  const shared = (limit: number, key: string): Concurrency => ({ limit, scope: 'env', key });

  test('a limit that is shared counts equal values, by whatever expression', async () => {
    const { app, executing, open } = await sharing(shared(1, 'event.data.here'), shared(1, 'event.data.there + ""'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(executing).toEqual(['first']);
    open();
    await app.ended('second', 2);
    await app.runner.stop();
  });

  test('who has a small limit on a key holds up no one who has a larger one', async () => {
    const { app, executing, open } = await sharing(shared(1, 'event.data.here'), shared(3, 'event.data.here'));
    await eventually(() => executing.length === 3 || undefined);
    expect(executing).toEqual(['first', 'second', 'second']);
    open();
    await app.ended('first', 2);
    await app.runner.stop();
  });

  test('a limit that is changed is that of the runs that wait', async () => {
    const { open, opened } = gate();
    const executing: unknown[] = [];
    const withLimit = (limit: number) =>
      app.client.createFunction(
        { id: 'f', retries: 0, concurrency: { limit, key: 'event.data.u' }, triggers: [{ event: app.event('go') }] },
        async ({ event, step }) => {
          executing.push(event.data.n);
          await opened;
          await step.sleep('nap', '1s');
        },
      );
    const app = createApp(db);
    app.functions.push(withLimit(1));
    await app.start();
    await send(app, ...numbers(5).map(({ n }) => ({ u: 'a', n })));
    await eventually(() => executing.length === 1 || undefined);
    app.handler.current = serve({ client: app.client, functions: [withLimit(3)] });
    await app.runner.sync('http://localhost:9/api/inngest');
    await eventually(() => executing.length === 3 || undefined);
    open();
    await app.ended('f', 5);
    await app.runner.stop();
  });

  test('limits that mean the same slot are one, the smaller', async () => {
    const same = (limit: number): Concurrency => ({ limit, scope: 'account', key: 'event.data.u' });
    const { app } = await started({ concurrency: [same(2), same(1)] });
    await send(app, { u: 'x'.repeat(5_000), n: 1 }, { u: '\0', n: 2 });
    await app.ended('f', 2);
    await app.runner.stop();
  });
});
