import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from './testing/databases';
import { createApp, type TestApp } from './testing/harness';

/** A small function: what it does one after another, at once, waiting, failing at first or for good. */
type Graph =
  | { kind: 'step'; fails: number }
  | { kind: 'sequence' | 'parallel'; parts: Graph[] }
  | { kind: 'wait' }
  | { kind: 'invoke' };

const { graph } = fc.letrec<{ graph: Graph }>((tie) => ({
  graph: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('step' as const), fails: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('invoke' as const) }),
    fc.record({ kind: fc.constant('wait' as const) }),
    fc.record({
      kind: fc.constantFrom('sequence' as const, 'parallel' as const),
      parts: fc.array(tie('graph'), { minLength: 1, maxLength: 4 }),
    }),
  ),
}));

/** Attempts of each step: a step that fails three times has used them up. */
const MAX_ATTEMPTS = 3;

const expected = (node: Graph): unknown => {
  if (node.kind === 'step') return node.fails < MAX_ATTEMPTS ? 'ok' : 'failed';
  if (node.kind === 'wait') return 'waited';
  if (node.kind === 'invoke') return 'invoked';
  return node.parts.map(expected);
};

describe.each(databases)('random functions on %s', (_name, open) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  }, 60_000);
  afterAll(() => db.stop());

  async function serve(app: TestApp, graphs: Map<number, Graph>, bodies: Map<string, number>) {
    const child = app.client.createFunction(
      { id: 'child', retries: 0, triggers: [{ event: app.event('child') }] },
      () => 'invoked',
    );
    app.functions.push(
      child,
      app.client.createFunction(
        { id: 'f', retries: 2, triggers: [{ event: app.event('go') }] },
        async ({ event, step, runId }) => {
          const walk = async (node: Graph, path: string): Promise<unknown> => {
            if (node.kind === 'invoke') return await step.invoke(path, { function: child, data: {} });
            if (node.kind === 'wait') {
              const event = app.event('now');
              const [happened] = await Promise.all([
                step.waitForEvent(path, { event, timeout: '1h', if: `async.data.key == '${runId}${path}'` }),
                step.run(`${path}!`, async () => {
                  // The wait is registered with the plan of this step, hence before its body begins.
                  await app.send('now', { key: `${runId}${path}` });
                }),
              ]);
              return happened ? 'waited' : 'missed';
            }
            if (node.kind === 'step') {
              const work = () => {
                const key = `${runId}${path}`;
                bodies.set(key, (bodies.get(key) ?? 0) + 1);
                if ((bodies.get(key) ?? 0) <= node.fails) throw new Error('not yet');
                return 'ok';
              };
              return await step.run(path, work).catch(() => 'failed');
            }
            if (node.kind === 'parallel')
              return await Promise.all(node.parts.map((part, n) => walk(part, `${path}.${n}`)));
            const results: unknown[] = [];
            for (const [n, part] of node.parts.entries()) results.push(await walk(part, `${path}.${n}`));
            return results;
          };
          return await walk(graphs.get(event.data.n) ?? { kind: 'sequence', parts: [] }, 'root');
        },
      ),
    );
    await app.start();
  }

  test('every run ends with what its graph says, and no step has a body too many', { timeout: 60_000 }, async () => {
    const graphs = new Map<number, Graph>();
    const bodies = new Map<string, number>();
    const first = createApp(db, { concurrency: 8, backoffMs: [1] });
    const apps = db.exclusive
      ? [first]
      : [first, createApp(db, { concurrency: 8, backoffMs: [1], pollMs: 50 }, first.id)];
    for (const app of apps) await serve(app, graphs, bodies);
    let sent = 0;
    const batch = fc.array(graph, { minLength: 10, maxLength: 10 });
    const property = fc.asyncProperty(batch, async (chosen) => {
      const from = sent;
      for (const node of chosen) graphs.set(sent++, node);
      for (let n = from; n < sent; n++) await apps[n % apps.length]?.send('go', { n });
      const runs = await first.ended('f', sent);
      const outputs = runs.slice(from).map(({ output }) => JSON.stringify(output));
      expect(outputs.sort()).toEqual(chosen.map((node) => JSON.stringify(expected(node))).sort());
    });
    await fc.assert(property, { numRuns: 12, endOnFailure: true });
    expect(Math.max(0, ...bodies.values())).toBeLessThanOrEqual(MAX_ATTEMPTS);
    for (const app of apps) await app.runner.stop();
    expect(await db.sql`select * from runner.job`).toHaveLength(0);
    expect(await db.sql`select * from runner.wait`).toHaveLength(0);
    expect(first.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
