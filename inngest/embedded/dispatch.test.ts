import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, eventually, SIGNING_KEY_HASH } from './testing/harness';

describe.each(databases)('dispatch on %s', (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  /** Counts how many bodies are at work at once. */
  function crowd() {
    const most: Record<string, number> = {};
    const now: Record<string, number> = {};
    return {
      most,
      async work(key: string) {
        now[key] = (now[key] ?? 0) + 1;
        most[key] = Math.max(most[key] ?? 0, now[key]);
        await new Promise((resolve) => setTimeout(resolve, 3));
        now[key]--;
      },
    };
  }

  test('concurrency by key: never more than the limit, all keys at once, everything ends', async () => {
    const app = createApp(db);
    const { most, work } = crowd();
    app.functions.push(
      app.client.createFunction(
        {
          id: 'f',
          retries: 0,
          concurrency: [{ limit: 2, key: 'event.data.org' }, { limit: 3 }],
          triggers: [{ event: app.event('go') }],
        },
        async ({ event, step }) => {
          const one = (name: string) =>
            step.run(name, () => Promise.all([work(String(event.data.org)), work('all')]).then(() => name));
          await Promise.all([one('a'), one('b')]);
        },
      ),
    );
    await app.start();
    await app.client.send(
      ['x', 'y', 'x', 'y', 'x', 'z', 'x', 'y'].map((org) => ({ name: app.event('go'), data: { org } })),
    );
    expect((await app.ended('f', 8)).every(({ status }) => status === 'completed')).toBe(true);
    expect(most.x).toBeLessThanOrEqual(2);
    expect(most.y).toBeLessThanOrEqual(2);
    expect(most.all).toBeLessThanOrEqual(3);
    await app.runner.stop();
  });

  test('a freed slot is taken at once, not at the next poll', async () => {
    const app = createApp(db, { pollMs: 60_000 });
    const { most, work } = crowd();
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, concurrency: 1, triggers: [{ event: app.event('go') }] },
        ({ step }) => step.run('a', () => work('all')),
      ),
    );
    await app.start();
    await app.client.send(Array.from({ length: 10 }, () => ({ name: app.event('go') })));
    await app.ended('f', 10);
    expect(most.all).toBe(1);
    await app.runner.stop();
  });

  test('takes no more calls at once than it may, and leaves none behind', async () => {
    const app = createApp(db, { concurrency: 4 });
    const { most, work } = crowd();
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.run('a', () => work('all')),
      ),
    );
    await app.start();
    await Promise.all(Array.from({ length: 40 }, () => app.send('go')));
    await app.ended('f', 40);
    expect(most.all).toBeLessThanOrEqual(4);
    await app.runner.stop();
  });

  test('priority goes ahead in the queue', async () => {
    const app = createApp(db, { concurrency: 1 });
    const order: number[] = [];
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    app.functions.push(
      app.client.createFunction({ id: 'block', retries: 0, triggers: [{ event: app.event('block') }] }, () => gate),
      app.client.createFunction(
        { id: 'f', retries: 0, priority: { run: 'event.data.n' }, triggers: [{ event: app.event('go') }] },
        ({ event }) => {
          order.push(event.data.n);
        },
      ),
    );
    await app.start();
    await app.send('block');
    await eventually(async () => ((await app.runner.counts()).running === 1 ? true : undefined));
    for (const n of [0, 100, 50]) await app.send('go', { n });
    expect(await app.runner.counts()).toMatchObject({ queued: 3, running: 1 });
    release();
    await app.ended('f', 3);
    expect(order).toEqual([100, 50, 0]);
    await app.runner.stop();
  });

  test('trouble of the serve endpoint costs no attempt and loses no run', async () => {
    const app = createApp(db);
    const attempts: number[] = [];
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 1, triggers: [{ event: app.event('go') }] }, ({ attempt, step }) =>
        step.run('a', () => attempts.push(attempt)),
      ),
    );
    await app.start();
    const serving = app.handler.current;
    const answers = [
      () => Promise.reject(new Error('connect ECONNREFUSED')),
      async () => new Response('Bad Gateway', { status: 502 }),
      async () => new Response('{"message":"Unauthorized"}', { status: 401, headers: { 'x-inngest-sdk': 'js' } }),
      async () => new Response('{"message":"no such function"}', { status: 500, headers: { 'x-inngest-sdk': 'js' } }),
      async () => new Response('<html>', { status: 200 }),
    ];
    app.handler.current = (request) => answers.shift()?.() ?? serving(request);
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed' }]);
    expect(attempts).toEqual([0]);
    expect(app.lines.filter(({ level }) => level === 'warn')).toHaveLength(5);
    expect(JSON.stringify(app.lines)).not.toContain('"data"');
    await app.runner.stop();
  });

  test('a call cut off half-way is made again from its last memoised step', async () => {
    const app = createApp(db);
    const ran: string[] = [];
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        await step.run('a', () => ran.push('a'));
        await step.run('b', () => ran.push('b'));
      }),
    );
    await app.start();
    const serving = app.handler.current;
    let cut = true;
    app.handler.current = async (request) => {
      const answer = await serving(request);
      if (!cut) return answer;
      cut = false;
      throw new Error('socket hang up');
    };
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed' }]);
    expect(ran).toEqual(['a', 'b']);
    await app.runner.stop();
  });

  test('who has lost the lease may not write: checkpoints get 409, answers are dropped', async () => {
    const app = createApp(db);
    const ran: string[] = [];
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        await step.run('a', async () => {
          ran.push('a');
          if (ran.length > 1) return 'second';
          await db.sql`update runner.job set lease_until = now() - interval '1 hour' where fn_id = ${`${app.id}-f`}`;
          await eventually(() => (ran.length > 1 ? true : undefined));
          return 'first';
        });
        return await step.run('b', () => ran.push('b'));
      }),
    );
    await app.start();
    const thief = createApp(db, { leaseMs: 30, exclusive: false }, app.id);
    thief.functions.push(...app.functions);
    await thief.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed' }]);
    const steps =
      await db.sql`select value from runner.step s join runner.run r on r.id = s.run_id where r.fn_id = ${`${app.id}-f`} order by seq`;
    expect(steps[0]?.value).toBe('"second"');
    expect(ran).toEqual(['a', 'a', 'b']);
    await thief.runner.stop();
    await app.runner.stop();
    expect([...app.lines, ...thief.lines].some(({ message }) => message === 'Stale, dropped')).toBe(true);
  });

  test('stops in time though a step never ends', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.run('a', () => new Promise<void>(() => {})),
      ),
    );
    await app.start();
    await app.send('go');
    await eventually(async () => ((await app.runner.counts()).running === 1 ? true : undefined));
    await app.runner.stop({ drainMs: 10 });
    expect(await db.sql`select * from runner.job where owner is not null`).toHaveLength(0);
    await db.sql`delete from runner.job`;
  });

  test('a step longer than the lease keeps it', async () => {
    const app = createApp(db, { leaseMs: 60 });
    let ran = 0;
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.run('a', async () => {
          ran++;
          await new Promise((resolve) => setTimeout(resolve, 300));
        }),
      ),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed' }]);
    expect(ran).toBe(1);
    await app.runner.stop();
  });

  test('a function missing after a deploy keeps its jobs for later', async () => {
    const app = createApp(db);
    const kept = app.client.createFunction(
      { id: 'kept', retries: 0, triggers: [{ event: app.event('go') }] },
      () => 'kept',
    );
    const gone = app.client.createFunction(
      { id: 'gone', retries: 0, triggers: [{ event: app.event('go') }] },
      async ({ step }) => {
        await step.sleep('nap', '1s');
        return 'back';
      },
    );
    app.functions.push(kept, gone);
    await app.start();
    await app.send('go');
    await eventually(async () =>
      (await db.sql`select 1 from runner.job where kind = 'timer'`).length > 0 ? true : undefined,
    );
    await app.runner.stop();
    const without = createApp(db, {}, app.id);
    without.functions.push(kept);
    await without.start();
    await without.send('go');
    await without.ended('kept', 2);
    await without.runner.stop();
    const again = createApp(db, {}, app.id);
    again.functions.push(kept, gone);
    await again.start();
    expect(await again.ended('gone')).toMatchObject([{ output: 'back' }]);
    await again.runner.stop();
  });

  test('gives the SDK the state of a run on request', async () => {
    const app = createApp(db);
    let runId = '';
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }] },
        async ({ step, runId: id }) => {
          runId = id;
          await step.run('a', () => 1);
          await step.sleep('nap', '1h');
        },
      ),
    );
    await app.start();
    await app.send('go', { n: 1 });
    await eventually(async () =>
      (await db.sql`select 1 from runner.job where kind = 'timer'`).length > 0 ? true : undefined,
    );
    const bearer = `Bearer ${SIGNING_KEY_HASH}`;
    const ask = (path: string) => app.runner.fetch(`http://x/v0/runs/${path}`, { headers: { authorization: bearer } });
    expect(await (await ask(`${runId}/batch`)).json()).toMatchObject([{ data: { n: 1 } }]);
    expect(Object.values(await (await ask(`${runId}/actions`)).json())).toEqual([{ data: 1, type: 'data' }]);
    expect((await ask('nobody/batch')).status).toBe(404);
    await app.runner.stop();
    await db.sql`delete from runner.job`;
  });

  test('stop waits for calls in flight, then gives back what does not end', async () => {
    const app = createApp(db);
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.run('a', () => gate),
      ),
    );
    await app.start();
    await app.send('go');
    await eventually(async () => ((await app.runner.counts()).running === 1 ? true : undefined));
    const stopped = app.runner.stop({ drainMs: 10 });
    setTimeout(release, 50);
    await stopped;
    expect(await db.sql`select * from runner.job where owner is not null`).toHaveLength(0);
    const again = createApp(db, {}, app.id);
    again.functions.push(...app.functions);
    await again.start();
    expect(await again.ended('f')).toMatchObject([{ status: 'completed' }]);
    await again.runner.stop();
  });

  test('refuses to register a function that asks for what it does not have', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        {
          id: 'f',
          debounce: { period: '5s' },
          batchEvents: { maxSize: 10, timeout: '5s' },
          triggers: [{ event: app.event('go') }],
        },
        () => {},
      ),
    );
    await expect(app.start()).rejects.toThrow(/cannot run the function .*-f:[\s\S]*exclude each other/);
  });
});
