import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, eventually } from './testing/harness';

describe.each(databases)('waits on %s', (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  const waiting = (kind: string, count = 1) =>
    eventually(async () => {
      const rows = await db.sql`select * from runner.wait where kind = ${kind}`;
      return rows.length >= count ? rows : undefined;
    });

  test('waitForEvent gets the event that matches, and no other', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        const answer = await step.waitForEvent('w', { event: app.event('answer'), timeout: '1h', match: 'data.id' });
        const other = await step.waitForEvent('v', {
          event: app.event('answer'),
          timeout: '1h',
          if: "async.data.n > 2 && async.data.id == 'z'",
        });
        return [answer?.data.n, other?.data.n];
      }),
    );
    await app.start();
    await app.send('go', { id: 'a' });
    await waiting('event');
    await app.send('answer', { id: 'b', n: 1 });
    await app.send('answer', { id: 'a', n: 2 });
    await eventually(async () => ((await waiting('event'))[0]?.match_key === '.data.id="z"' ? true : undefined));
    await app.send('answer', { id: 'z', n: 2 });
    await app.send('answer', { id: 'z', n: 3 });
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: [2, 3] }]);
    await app.runner.stop();
  });

  test('waitForEvent gives null when the time is over', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.waitForEvent('w', { event: app.event('never'), timeout: '1s' }),
      ),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: null }]);
    expect(await db.sql`select * from runner.wait`).toHaveLength(0);
    await app.runner.stop();
  });

  test('one event ends the waits of many runs', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) =>
        Boolean(await step.waitForEvent('w', { event: app.event('all'), timeout: '1h' })),
      ),
    );
    await app.start();
    await app.client.send(Array.from({ length: 20 }, () => ({ name: app.event('go') })));
    await waiting('event', 20);
    await app.send('all');
    const runs = await app.ended('f', 20);
    expect(runs.map(({ output }) => output)).toEqual(Array(20).fill(true));
    await app.runner.stop();
  });

  test('invoke runs another function and gets its result or its error', async () => {
    const app = createApp(db);
    const child = app.client.createFunction(
      { id: 'child', retries: 0, triggers: [{ event: app.event('child') }] },
      async ({ event, step }) => {
        if (event.data.fail) throw new Error('child failed');
        return step.run('double', () => Number(event.data.n) * 2);
      },
    );
    app.functions.push(
      child,
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        const results = await Promise.all([1, 2, 3].map((n) => step.invoke(`i${n}`, { function: child, data: { n } })));
        const failed = await step
          .invoke('bad', { function: child, data: { fail: true } })
          .catch((error: Error) => error.message);
        return [...results, failed];
      }),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: [2, 4, 6, 'child failed'] }]);
    expect(await app.runs('child')).toHaveLength(4);
    await app.runner.stop();
  });

  test('invoke gives on the version of its data, and happens when it is asked for', async () => {
    const app = createApp(db);
    const child = app.client.createFunction({ id: 'child', retries: 0, triggers: [] }, ({ event }) => event);
    app.functions.push(
      child,
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.invoke('i', { function: child, data: { n: 1 }, v: '2026-01-01.1' }),
      ),
    );
    await app.start();
    const before = Date.now();
    await app.client.send({ name: app.event('go'), data: {}, ts: Date.UTC(2020, 0) });
    const [{ output } = {}] = await app.ended('f');
    expect(output).toMatchObject({ name: 'inngest/function.invoked', data: { n: 1 }, v: '2026-01-01.1' });
    expect(output.ts).toBeGreaterThanOrEqual(before);
    await app.runner.stop();
  });

  test('invoke: a time-out, and a function that does not exist', async () => {
    const app = createApp(db);
    const child = app.client.createFunction({ id: 'child', retries: 0, triggers: [] }, ({ step }) =>
      step.sleep('z', '1h'),
    );
    const stranger = app.client.createFunction({ id: 'stranger', retries: 0, triggers: [] }, () => {});
    app.functions.push(
      child,
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        const message = (error: Error) => error.message;
        return [
          await step.invoke('slow', { function: child, data: {}, timeout: '1s' }).catch(message),
          await step.invoke('none', { function: stranger, data: {} }).catch(message),
        ];
      }),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([
      { output: [expect.stringContaining('Timed out'), expect.stringContaining('no function')] },
    ]);
    await app.runner.stop();
    await db.sql`delete from runner.job`;
    await db.sql`update runner.run set ended_at = now() where ended_at is null`;
  });

  test('cancelOn ends the runs it matches, whether they sleep, wait or work', async () => {
    const app = createApp(db);
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const ran: string[] = [];
    const cancelOn = [{ event: app.event('stop'), match: 'data.id' }];
    app.functions.push(
      app.client.createFunction(
        { id: 'sleeps', retries: 0, cancelOn, triggers: [{ event: app.event('go') }] },
        async ({ step }) => {
          await step.sleep('z', '1h');
        },
      ),
      app.client.createFunction(
        { id: 'works', retries: 0, cancelOn, triggers: [{ event: app.event('go') }] },
        async ({ step, event }) => {
          await step.run('a', () => gate);
          await step.run('b', () => ran.push(String(event.data.id)));
        },
      ),
      app.client.createFunction(
        {
          id: 'hears',
          retries: 0,
          triggers: [{ event: 'inngest/function.cancelled', if: `event.data.function_id == '${app.id}-sleeps'` }],
        },
        ({ event }) => event.data.run_id,
      ),
    );
    await app.start();
    await app.send('go', { id: 'x' });
    await app.send('go', { id: 'y' });
    await eventually(async () =>
      (await db.sql`select * from runner.job where kind = 'timer'`).length === 2 ? true : undefined,
    );
    await app.send('stop', { id: 'x' });
    const [cancelled] = await app.ended('sleeps');
    expect(cancelled).toMatchObject({ status: 'cancelled' });
    expect(await app.ended('hears')).toMatchObject([{ output: cancelled?.id }]);
    expect(await app.ended('works')).toMatchObject([{ status: 'cancelled' }]);
    release();
    await app.ended('works', 2);
    expect(ran).toEqual(['y']);
    await app.send('stop', { id: 'y' });
    await app.ended('sleeps', 2);
    await app.ended('hears', 2);
    await app.runner.stop();
  });

  test('leaves nothing behind', async () => {
    expect(await db.sql`select * from runner.job`).toHaveLength(0);
    expect(await db.sql`select * from runner.wait`).toHaveLength(0);
    expect(await db.sql`select * from runner.event where not routed`).toHaveLength(0);
  });
});
