import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeFlow } from './describe-flow';
import { createOperator } from './operator';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, eventually, type TestApp } from './testing/harness';

describe.each(databases)("the operator's orders on %s", (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  const operatorOf = (app: TestApp) =>
    createOperator({ sql: db.sql, exclusive: db.exclusive, wake: () => app.runner.wake() });

  test('a failed run goes on at the step that failed it', async () => {
    const app = createApp(db, { pollMs: 60_000 });
    const ran: string[] = [];
    let broken = true;
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }], cancelOn: [{ event: app.event('stop') }] },
        async ({ step }) => {
          const caught = await step.run('caught', () => Promise.reject(new Error('expected'))).catch(() => 'caught');
          const first = await step.run('first', () => ran.push('first'));
          const [, second] = await Promise.all([
            step.sleep('nap', '1s'),
            step.run('second', () => {
              ran.push('second');
              if (broken) throw new Error('broken');
              return 'mended';
            }),
          ]);
          return [caught, first, second];
        },
      ),
    );
    await app.start();
    const operator = operatorOf(app);
    await app.send('go');
    const [failed] = await app.ended('f');
    expect(failed).toMatchObject({ status: 'failed', output: { message: 'broken' } });
    const id = failed?.id ?? '';
    expect(await operator.run(id)).toMatchObject({ status: 'failed', last_error: 'broken' });
    expect(await operator.retry(id)).toBe('done');
    expect(await operator.retry(id)).toBe('refused');
    const again = () =>
      eventually(async () => (await app.runs('f')).find((run) => run.id === id && run.status !== 'active'));
    expect(await again()).toMatchObject({ status: 'failed' });
    broken = false;
    expect(await operator.retry(id)).toBe('done');
    expect(await again()).toMatchObject({ status: 'completed', output: ['caught', 1, 'mended'] });
    expect(ran).toEqual(['first', 'second', 'second', 'second']);
    expect(await operator.retry(id)).toBe('refused');
    expect(await operator.retry('nobody')).toBe('unknown');
    expect(await db.sql`select * from runner.job`).toHaveLength(0);
    expect(await db.sql`select * from runner.wait`).toHaveLength(0);
    await app.runner.stop();
  });

  test('a run that failed by an invocation goes on with the run it had invoked', async () => {
    const app = createApp(db, { pollMs: 60_000 });
    let broken = true;
    const ran: string[] = [];
    const child = app.client.createFunction(
      { id: 'child', retries: 0, triggers: [{ event: app.event('x') }] },
      async ({ step }) => {
        await step.run('kept', () => ran.push('kept'));
        return await step.run('breaks', () => {
          if (broken) throw new Error('broken');
          return 'child';
        });
      },
    );
    app.functions.push(
      child,
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        await step.run('before', () => ran.push('before'));
        return [await step.invoke('call', { function: child, data: {} }), await step.run('after', () => 'after')];
      }),
    );
    await app.start();
    await app.send('go');
    const [failed] = await app.ended('f');
    expect(failed?.status).toBe('failed');
    broken = false;
    expect(await operatorOf(app).retry(failed?.id ?? '')).toBe('done');
    const ended = await eventually(async () => (await app.runs('f')).find(({ status }) => status === 'completed'));
    expect(ended.output).toEqual(['child', 'after']);
    expect(ran).toEqual(['before', 'kept']);
    expect(await app.runs('child')).toMatchObject([{ status: 'completed' }]);
    await app.runner.stop();
  });

  test('tells what waits, runs and failed, page by page, and cancels', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 1, concurrency: 1, triggers: [{ event: app.event('go') }] },
        async ({ event, step }) => {
          if (event.data.fail) throw new Error(`failed ${event.data.n}`);
          await step.run('one', () => 1);
          if (event.data.wait) await step.sleep('long', '1h');
        },
      ),
    );
    await app.start();
    const operator = operatorOf(app);
    await app.client.send(
      Array.from({ length: 5 }, (_, n) => ({ name: app.event('go'), data: { n, fail: n < 2, wait: n === 4 } })),
    );
    await app.ended('f', 4);
    const functionId = `${app.id}-f`;
    const first = await operator.runs({ functionId, limit: 3 });
    const rest = await operator.runs({ functionId, limit: 3, before: String(first[2]?.id) });
    const all = [...first, ...rest];
    expect(all.map(({ id }) => id)).toEqual([...new Set(all.map(({ id }) => id))].sort().reverse());
    expect(all.map(({ status }) => status).sort()).toEqual(['completed', 'completed', 'failed', 'failed', 'waiting']);
    const broken = await operator.runs({ functionId, status: 'failed', limit: 10 });
    expect(broken.map(({ last_error }) => last_error).sort()).toEqual(['failed 0', 'failed 1']);
    const mine = (await operator.functions()).find(({ config }) => config.id === functionId);
    expect(mine).toMatchObject({ appId: app.id, row: { queued: 0, running: 0, failed: 2 } });
    expect(mine && describeFlow(mine.config)).toEqual(['at most 1 at once']);
    const sleeper = all.find(({ status }) => status === 'waiting');
    expect(await operator.steps(String(sleeper?.id))).toMatchObject([
      { name: 'one', done: true },
      { name: 'long', op: 'Sleep', done: false },
    ]);
    expect(sleeper).toMatchObject({ next_at: expect.any(String), attempt: null });
    expect(await operator.cancel(String(sleeper?.id))).toBe('done');
    expect(await operator.cancel(String(sleeper?.id))).toBe('refused');
    expect(await operator.cancel('nobody')).toBe('unknown');
    expect(await operator.registeredSince(60_000)).toBe(true);
    await app.runner.stop();
  });
});
