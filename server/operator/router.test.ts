import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inngest } from '@/inngest/client';
import type { SignedIn } from '../context';
import { log } from '../log';
import { makeRunner } from '../testing/runner';
import { makeScene, REQUEST, type Scene } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { createCallerFactory } from '../trpc/procedures';
import { appRouter } from '../trpc/root';
import { makeOperator } from './service';

const runId = '0'.repeat(26);
const stops: (() => Promise<void>)[] = [];
beforeEach(setSilentRunner);
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function personOf(scene: Scene): Promise<SignedIn> {
  const { session } = await scene.as('org_owner');
  if (!session) throw new Error('nobody is signed in');
  return session;
}
const callerOf = (session: SignedIn | null) =>
  createCallerFactory(appRouter)({ session, request: REQUEST, log }).operator;

describe("the operator's view of the runner", () => {
  test('is nothing to everybody else, whatever their role', async () => {
    const caller = callerOf(await personOf(await makeScene()));
    expect(await caller.me()).toBe(false);
    const others = Object.keys(appRouter._def.procedures).filter((path) => /^operator\.(?!me$)/.test(path));
    expect(others).toHaveLength(5);
    for (const path of others) {
      const procedure = Reflect.get(caller, path.replace('operator.', ''));
      await expect(procedure({ runId }), path).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(callerOf(null).runner()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('shows functions, queue and runs, without what events and steps contain, and gives orders', async () => {
    const session = await personOf(await makeScene());
    await makeOperator(session.user.id);
    const caller = callerOf(session);
    expect(await caller.me()).toBe(true);
    const runner = makeRunner();
    stops.push(() => runner.stop());
    await runner.start();
    const overview = await caller.runner();
    expect(overview).toMatchObject({ place: 'embedded', host: null });
    expect(overview.functions.map(({ id }) => id)).toContain('muster-run-execute');
    const execute = overview.functions.find(({ id }) => id === 'muster-run-execute');
    expect(execute).toMatchObject({ triggers: ['agent/run.requested'], flow: ['once per event.data.runId in 24 h'] });

    // A run of an organization that is not there ends at once, or fails: either way the operator sees it.
    const secret = 'what-nobody-else-may-read';
    const data = { orgId: crypto.randomUUID(), runId: crypto.randomUUID(), secret };
    await inngest.send({ name: 'agent/run.requested', data });
    const { items } = await caller.runs({ functionId: 'muster-run-execute', limit: 5 });
    expect(items[0]).toMatchObject({ functionId: 'muster-run-execute', eventName: 'agent/run.requested' });
    const shown = await caller.run({ runId: items[0]?.id ?? '' });
    expect(shown.stepList).toEqual(expect.any(Array));
    expect(JSON.stringify([items, shown])).not.toContain(secret);
    const [page, next] = [await caller.runs({ limit: 1 }), await caller.runs({ limit: 1, cursor: items[0]?.id })];
    expect(page.items[0]?.id).toBeTypeOf('string');
    expect(next.items.map(({ id }) => id)).not.toContain(items[0]?.id);
    await expect(caller.run({ runId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(caller.cancel({ runId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(caller.retry({ runId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(caller.run({ runId: "' or 1=1" })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    // Whether or not it has ended by itself, it is ended now.
    await caller.cancel({ runId: items[0]?.id ?? '' }).catch(() => {});
    await expect(caller.cancel({ runId: items[0]?.id ?? '' })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });
});
