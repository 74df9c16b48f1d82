import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silent } from './log';
import { newOwner } from './owner';
import { prune } from './retention';
import { Store } from './store';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, eventually } from './testing/harness';

describe.each(databases)('retention on %s', (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  test('what has ended is forgotten after its days; what has not is kept, however old', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'ends', retries: 0, triggers: [{ event: app.event('go') }] }, ({ step }) =>
        step.run('a', () => 1),
      ),
      app.client.createFunction(
        { id: 'waits', retries: 0, triggers: [{ event: app.event('wait') }] },
        async ({ step }) => {
          await step.run('a', () => 1);
          await step.waitForEvent('b', { event: app.event('end'), timeout: '1h' });
        },
      ),
      app.client.createFunction(
        {
          id: 'batch',
          retries: 0,
          batchEvents: { maxSize: 3, timeout: '3600s' },
          triggers: [{ event: app.event('many') }],
        },
        () => {},
      ),
    );
    await app.start();
    await app.client.send(Array.from({ length: 25 }, () => ({ name: app.event('go') })));
    await app.client.send(Array.from({ length: 5 }, () => ({ name: app.event('many') })));
    await app.send('wait');
    await Promise.all([app.ended('ends', 25), app.ended('batch')]);
    await eventually(async () => ((await db.sql`select from runner.wait`).length === 1 ? true : undefined));
    await db.sql`update runner.run set ended_at = ended_at - interval '8 days'`;
    await db.sql`update runner.event set received_at = received_at - interval '8 days'`;
    await app.send('go');
    await app.ended('ends', 26);

    const store = new Store({ sql: db.sql, owner: newOwner(), leaseMs: 1_000, exclusive: db.exclusive });
    expect(await prune(store, 9, silent)).toBe(0);
    expect(await prune(store, 7, silent, 10)).toBe(26 + 25 + 3);
    expect((await app.runs('ends')).length).toBe(1);
    const left = await db.sql`select name, count(*)::int from runner.event group by name order by name`;
    expect(left).toEqual([
      { name: app.event('go'), count: 1 },
      { name: app.event('many'), count: 2 },
      { name: app.event('wait'), count: 1 },
    ]);
    expect(await db.sql`select distinct run_id from runner.step`).toHaveLength(2);

    await app.send('end');
    expect(await app.ended('waits')).toMatchObject([{ status: 'completed' }]);
    await app.runner.stop();
  });
});
