import { randomUUID } from 'node:crypto';
import type { FailureEventPayload } from 'inngest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, EVENT_KEY, eventually } from './testing/harness';

describe.each(databases)('events on %s', (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  test('an event starts each function it matches: by name, wildcard and expression', async () => {
    const app = createApp(db);
    const on = (id: string, event: string, expression?: string) =>
      app.client.createFunction({ id, retries: 0, triggers: [{ event, if: expression }] }, ({ event }) => event.data.n);
    app.functions.push(
      on('named', app.event('a')),
      on('wild', app.event('*')),
      on('when', app.event('a'), 'event.data.n > 1'),
      on('other', app.event('b')),
    );
    await app.start();
    await app.send('a', { n: 1 });
    await app.send('a', { n: 2 });
    expect((await app.ended('named', 2)).map(({ output }) => output).sort()).toEqual([1, 2]);
    expect(await app.ended('wild', 2)).toHaveLength(2);
    expect(await app.ended('when')).toMatchObject([{ output: 2 }]);
    expect(await app.runs('other')).toEqual([]);
    await app.runner.stop();
  });

  test('an id given by the sender counts once; a repeated request of the SDK counts once', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('a') }] },
        ({ event }) => event.id,
      ),
    );
    await app.start();
    const id = `order-${randomUUID()}`;
    expect((await app.send('a', {}, id)).ids).toEqual([id]);
    await app.send('a', {}, id);
    const repeat = () =>
      app.runner
        .fetch(`http://embedded.invalid/e/${EVENT_KEY}`, {
          method: 'POST',
          headers: { 'x-inngest-event-id-seed': `${Date.now()},c2VlZHNlZWRzZQ==`.replace(/^\d+/, '1800000000000') },
          body: JSON.stringify([{ name: app.event('a') }]),
        })
        .then((response) => response.json());
    const [first, second] = [await repeat(), await repeat()];
    expect(first).toEqual(second);
    const runs = await app.ended('f', 2);
    expect(runs.map(({ output }) => output).sort()).toEqual([id, ...first.ids].sort());
    await app.runner.stop();
  });

  test('idempotency: one run for each value of the key', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, idempotency: 'event.data.order', triggers: [{ event: app.event('a') }] },
        ({ event }) => event.data.order,
      ),
    );
    await app.start();
    await app.client.send(['x', 'x', 'y', 'x'].map((order) => ({ name: app.event('a'), data: { order } })));
    await app.send('a', { order: 'y' });
    expect((await app.ended('f', 2)).map(({ output }) => output).sort()).toEqual(['x', 'y']);
    await app.runner.stop();
  });

  test('events sent before the functions are registered start them afterwards, once', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('early') }] }, () => 'ran'),
    );
    await app.send('early');
    await app.send('early');
    await app.start();
    expect(await app.ended('f', 2)).toMatchObject([{ output: 'ran' }, { output: 'ran' }]);
    await app.runner.stop();
  });

  test('what a process sends that executes nothing is executed by another', async () => {
    const app = createApp(db, { exclusive: false, pollMs: 20 });
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('far') }] }, () => 'ran'),
    );
    await app.start();
    const sender = createApp(db, {}, app.id);
    await sender.send('far');
    expect(await app.ended('f')).toMatchObject([{ output: 'ran' }]);
    await app.runner.stop();
  });

  test('a function that fails emits function.failed for onFailure, and function.finished', async () => {
    const app = createApp(db);
    const failures: string[] = [];
    app.functions.push(
      app.client.createFunction(
        {
          id: 'f',
          retries: 0,
          triggers: [{ event: app.event('a') }],
          onFailure: ({ error, event }: { error: Error; event: FailureEventPayload }) => {
            failures.push(`${error.message} ${event.data.event.data.n} ${event.data.function_id}`);
          },
        },
        () => {
          throw new Error('broken');
        },
      ),
      app.client.createFunction(
        {
          id: 'finished',
          retries: 0,
          triggers: [{ event: 'inngest/function.finished', if: `event.data.function_id == '${app.id}-f'` }],
        },
        ({ event }) => event.data.error.message,
      ),
    );
    await app.start();
    await app.send('a', { n: 3 });
    await app.ended('f-failure');
    expect(failures).toEqual([`broken 3 ${app.id}-f`]);
    expect(await app.ended('finished')).toMatchObject([{ output: 'broken' }]);
    await app.runner.stop();
  });

  test('an event nobody is registered for is kept, an internal one is not', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction({ id: 'f', retries: 0, triggers: [{ event: app.event('a') }] }, () => {}),
    );
    await app.start();
    await app.send('unknown');
    await app.send('a');
    const [run] = await app.ended('f');
    expect(await db.sql`select * from runner.event where name = ${app.event('unknown')}`).toHaveLength(1);
    expect(
      await db.sql`select * from runner.event where name = 'inngest/function.finished' and payload like ${`%${run?.id}%`}`,
    ).toHaveLength(0);
    await app.runner.stop();
  });

  test('cron: a tick starts one run, however many processes fire it', async () => {
    const id = `cron-${randomUUID().slice(0, 8)}`;
    const apps = [createApp(db, {}, id), ...(db.exclusive ? [] : [createApp(db, {}, id)])];
    for (const app of apps) {
      app.functions.push(
        app.client.createFunction(
          { id: 'f', retries: 0, triggers: [{ cron: 'TZ=Europe/Paris 0 12 1 1 *' }] },
          ({ event }) => event.data.cron,
        ),
      );
      await app.start();
    }
    const [app] = apps;
    const next = () => db.sql`
      select extract(epoch from run_at)::float8 * 1000 as at, payload from runner.job where fn_id = ${`${id}-f`} and owner is null`;
    const [{ at, payload } = {}] = await next();
    expect(Math.abs(at - Date.parse(payload))).toBeLessThan(1_000);
    expect(payload).toMatch(/-01-01T11:00:00\.000Z$/);
    // Nobody waits for the new year: two of them come, the first one twice.
    for (const tick of ['2025-01-01T11:00:00.000Z', '2025-01-01T11:00:00.000Z', '2026-01-01T11:00:00.000Z']) {
      await db.sql`update runner.job set run_at = now(), rank = now(), payload = ${tick} where fn_id = ${`${id}-f`} and kind = 'cron'`;
      for (const each of apps) each.runner.wake();
      await eventually(async () => ((await next())[0]?.payload > tick ? true : undefined));
    }
    await app?.ended('f', 2);
    for (const each of apps) await each.runner.stop();
    const ticks = await db.sql`
      select e.payload::json ->> 'ts' as tick from runner.run r join runner.event e on e.id = r.event_id where r.fn_id = ${`${id}-f`}`;
    expect(ticks.map(({ tick }) => Number(tick)).sort()).toEqual([2025, 2026].map((year) => Date.UTC(year, 0, 1, 11)));
  });

  test('an event of the time 0, and one without a time, happen now', async () => {
    const app = createApp(db);
    app.functions.push(
      app.client.createFunction(
        { id: 'f', retries: 0, triggers: [{ event: app.event('a') }] },
        ({ event }) => event.ts,
      ),
    );
    await app.start();
    const before = Date.now();
    const body = JSON.stringify([0, null, undefined].map((ts) => ({ name: app.event('a'), id: null, ts })));
    await app.runner.fetch(`http://embedded.invalid/e/${EVENT_KEY}`, { method: 'POST', body });
    for (const { output } of await app.ended('f', 3)) expect(output).toBeGreaterThanOrEqual(before);
    await app.runner.stop();
  });

  test.each([
    ['not JSON', '{', 'not JSON'],
    ['not an object', '[1]', 'Event 0 is not an object'],
    ['of a reserved name', '[{"name":"inngest/function.failed"}]', 'is reserved'],
    ['no name', '[{"data":{}}]', 'Event 0 has no name'],
    ['data that is no object', '[{"name":"x","data":[]}]', 'is not an object'],
    ['older than 1980', '[{"name":"x","ts":315532799999}]', 'no time between 1980 and 2100'],
    ['later than 2100', '[{"name":"x","ts":4102444800001}]', 'no time between 1980 and 2100'],
    ['of a time that is a text', '[{"name":"x","ts":"2026-01-01"}]', 'no time between 1980 and 2100'],
    ['of an id that is a number', '[{"name":"x","id":5}]', 'The id of event 0 (x) is not a text'],
    ['nested too deep', `[{"name":"x","data":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}]`, 'nested deeper'],
    ['too large', JSON.stringify([{ name: 'x', data: { a: 'x'.repeat(600 * 1024) } }]), 'larger than'],
  ])('refuses an event that is %s', async (_case, body, message) => {
    const app = createApp(db);
    const answer = await app.runner.fetch(`http://embedded.invalid/e/${EVENT_KEY}`, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect((await answer.json()).error).toContain(message);
  });

  test('refuses wrong keys and addresses it does not know', async () => {
    const app = createApp(db);
    const ask = async (path: string, init?: RequestInit) =>
      (await app.runner.fetch(`http://embedded.invalid${path}`, init)).status;
    expect(await ask('/e/wrong', { method: 'POST', body: '[]' })).toBe(401);
    expect(await ask('/v1/checkpoint/x/async', { method: 'POST', body: '{}' })).toBe(401);
    expect(await ask('/v1/realtime/token', { method: 'POST', body: '{}' })).toBe(501);
    expect(await ask('/e/%E0%A4%A', { method: 'POST', body: '[]' })).toBe(400);
    expect(app.lines).toEqual([]);
  });
});
