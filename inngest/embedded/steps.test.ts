import { NonRetriableError, RetryAfterError } from 'inngest';
import { createDefer } from 'inngest/experimental';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from './testing/databases';
import { createApp } from './testing/harness';

describe.each(databases)('steps on %s', (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  test('runs steps one after another and keeps what the function returns', async () => {
    const app = createApp(db);
    const ran: string[] = [];
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }] },
        async ({ event, step }) => {
          const a = await step.run('a', () => ran.push('a') && { n: event.data.n });
          const b = await step.run('b', () => ran.push('b') && [a.n, null, 'é\u0000\ud800']);
          await step.run('nothing', () => {});
          return { b };
        },
      ),
    );
    await app.start();
    await app.send('go', { n: 1 });
    const [run] = await app.ended('f');
    expect(run).toMatchObject({ status: 'completed', output: { b: [1, null, 'é\u0000\ud800'] } });
    expect(ran).toEqual(['a', 'b']);
    await app.runner.stop();
  });

  test('a function without steps, and one that returns nothing', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'value', retries: 0, triggers: [{ event: app.event('go') }] }, () => 7),
      app.client.createFunction({ id: 'void', retries: 0, triggers: [{ event: app.event('go') }] }, () => {}),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('value')).toMatchObject([{ status: 'completed', output: 7 }]);
    expect(await app.ended('void')).toMatchObject([{ status: 'completed', output: null }]);
    await app.runner.stop();
  });

  test('without checkpointing every step is a call of its own', async () => {
    const app = createApp(db);
    const calls: number[] = [];
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, checkpointing: false, triggers: [{ event: app.event('go') }] },
        async ({ step }) => {
          calls.push(1);
          const a = await step.run('same', () => 1);
          const b = await step.run('same', () => 2);
          return [a, b];
        },
      ),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ output: [1, 2] }]);
    expect(calls).toHaveLength(3);
    await app.runner.stop();
  });

  test('retries a failing step, and gives the next step a fresh budget', async () => {
    const app = createApp(db);
    const attempts: string[] = [];
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 2, triggers: [{ event: app.event('go') }] },
        async ({ step, attempt }) => {
          const flaky = (name: string) =>
            step.run(name, () => {
              attempts.push(`${name}${attempt}`);
              if (attempt < 2) throw new Error(`${name} failed`);
              return name;
            });
          return [await flaky('a'), await flaky('b')];
        },
      ),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: ['a', 'b'] }]);
    expect(attempts).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
    await app.runner.stop();
  });

  test('a step that keeps failing throws into the function, which may catch it', async () => {
    const app = createApp(db);
    let ran = 0;
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 1, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        try {
          await step.run('bad', () => {
            ran++;
            throw new Error('never works');
          });
        } catch (error) {
          return await step.run('rescue', () => (error instanceof Error ? error.message : ''));
        }
      }),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: 'never works' }]);
    expect(ran).toBe(2);
    await app.runner.stop();
  });

  test('a function that keeps failing fails; a NonRetriableError at once', async () => {
    const app = createApp(db);
    const attempts = { plain: 0, fatal: 0, step: 0 };
    app.functions.push(
      app.client.createFunction({ id: 'plain', retries: 2, triggers: [{ event: app.event('go') }] }, () => {
        attempts.plain++;
        throw new Error('no');
      }),
      app.client.createFunction({ id: 'fatal', retries: 2, triggers: [{ event: app.event('go') }] }, () => {
        attempts.fatal++;
        throw new NonRetriableError('never');
      }),
      app.client.createFunction({ id: 'step', retries: 2, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.run('x', () => {
          attempts.step++;
          throw new NonRetriableError('not this either');
        }),
      ),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('plain')).toMatchObject([{ status: 'failed', output: { message: 'no' } }]);
    expect(await app.ended('fatal')).toMatchObject([{ status: 'failed', output: { message: 'never' } }]);
    expect(await app.ended('step')).toMatchObject([{ status: 'failed', output: { message: 'not this either' } }]);
    expect(attempts).toEqual({ plain: 3, fatal: 1, step: 1 });
    await app.runner.stop();
  });

  test('Retry-After is honoured instead of the back-off', async () => {
    const app = createApp(db, { backoffMs: [600_000] });
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 1, triggers: [{ event: app.event('go') }] }, ({ attempt }) => {
        if (attempt === 0) throw new RetryAfterError('later', new Date(Date.now() + 30));
        return 'done';
      }),
      app.client.createFunction({ id: 's', retries: 1, triggers: [{ event: app.event('go') }] }, ({ attempt, step }) =>
        step.run('x', () => {
          if (attempt === 0) throw new RetryAfterError('later', new Date(Date.now() + 30));
          return 'done too';
        }),
      ),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ output: 'done' }]);
    expect(await app.ended('s')).toMatchObject([{ output: 'done too' }]);
    await app.runner.stop();
  });

  test('parallel steps run once each, chains inside them go on, and what follows sees all results', async () => {
    const app = createApp(db);
    const ran: string[] = [];
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        const run = (name: string) =>
          step.run(name, () => {
            ran.push(name);
            return name;
          });
        const chain = async () => `${await run('c1')}${await run('c2')}${await run('c3')}`;
        const all = await Promise.all([run('a'), run('b'), chain()]);
        return [...all, await run('last')];
      }),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: ['a', 'b', 'c1c2c3', 'last'] }]);
    expect([...ran].sort()).toEqual(['a', 'b', 'c1', 'c2', 'c3', 'last']);
    await app.runner.stop();
  });

  test('one of several parallel steps fails for good: its siblings are kept', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 1, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        const settled = await Promise.allSettled([
          step.run('ok', () => 1),
          step.run('bad', () => {
            throw new Error('broken');
          }),
        ]);
        return settled.map(({ status }) => status);
      }),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: ['fulfilled', 'rejected'] }]);
    await app.runner.stop();
  });

  test('a race goes on with the first; the SDK ends the function when the others have ended', async () => {
    const app = createApp(db);
    let release: (value: string) => void = () => {};
    const slow = new Promise<string>((resolve) => {
      release = resolve;
    });
    let passed: (value: string) => string = (value) => value;
    const goneOn = new Promise<void>((resolve) => {
      passed = (value) => {
        resolve();
        return value;
      };
    });
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('go') }] },
        async ({ step, group }) => {
          const first = await group.parallel({ mode: 'race' }, () =>
            Promise.race([step.run('quick', () => 'quick'), step.run('slow', () => slow)]),
          );
          return [first, await step.run('after', () => passed('after'))];
        },
      ),
    );
    await app.start();
    await app.send('go');
    await goneOn;
    release('late');
    expect(await app.ended('f')).toMatchObject([{ output: ['quick', 'after'] }]);
    await app.runner.stop();
  });

  test('sleeps, also beside steps that go on meanwhile', async () => {
    const app = createApp(db);
    const order: string[] = [];
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, async ({ step }) => {
        const work = async () => {
          await step.run('x', () => order.push('x'));
          await step.run('y', () => order.push('y'));
        };
        await Promise.all([step.sleep('nap', '1s').then(() => order.includes('slept') || order.push('slept')), work()]);
        await step.sleepUntil('past', new Date(0));
        return 'awake';
      }),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([{ status: 'completed', output: 'awake' }]);
    expect(order).toEqual(['x', 'y', 'slept']);
    await app.runner.stop();
  });

  test('limits: a step or a result above 4 MB and a run above 1,000 steps fail and say why', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'large', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.run('x', () => 'x'.repeat(4 * 1024 * 1024)),
      ),
      app.client.createFunction({ id: 'result', retries: 3, triggers: [{ event: app.event('go') }] }, () =>
        'x'.repeat(4 * 1024 * 1024),
      ),
      app.client.createFunction(
        { id: 'after', retries: 3, triggers: [{ event: app.event('go') }] },
        async ({ step }) => {
          await step.run('x', () => 1);
          return 'x'.repeat(4 * 1024 * 1024);
        },
      ),
      app.client.createFunction(
        { id: 'many', retries: 0, triggers: [{ event: app.event('go') }] },
        async ({ step }) => {
          for (let n = 0; n < 1_001; n++) await step.run(`s${n}`, () => n);
        },
      ),
    );
    await app.start();
    await app.send('go');
    const [large] = await app.ended('large');
    expect(large).toMatchObject({ status: 'failed', output: { message: expect.stringContaining('4 MB') } });
    for (const id of ['result', 'after'])
      expect(await app.ended(id)).toMatchObject([
        { status: 'failed', output: { message: expect.stringContaining('returned more than 4 MB') } },
      ]);
    const [many] = await app.ended('many');
    expect(many).toMatchObject({ status: 'failed', output: { message: expect.stringContaining('1000 steps') } });
    await app.runner.stop();
  });

  test('an operation the runner does not know fails the run loudly', async () => {
    const app = createApp(db);
    const deferred = createDefer(app.client, { id: 'deferred' }, () => {});
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('go') }] }, ({ defer }) => {
        defer('later', { function: deferred, data: {} });
      }),
    );
    await app.start();
    await app.send('go');
    expect(await app.ended('f')).toMatchObject([
      { status: 'failed', output: { message: expect.stringContaining('DeferAdd') } },
    ]);
    await app.runner.stop();
  });

  test('leaves no job, wait or open step behind', async () => {
    expect(await db.sql`select * from runner.job`).toHaveLength(0);
    expect(await db.sql`select * from runner.wait`).toHaveLength(0);
    expect(await db.sql`select * from runner.run where ended_at is null`).toHaveLength(0);
  });
});
