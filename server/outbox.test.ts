import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { outbox } from '@/db/schema/governance';
import { setEmbeddedRunner } from '@/inngest/embedded';
import { StartRunInput } from '@/lib/contracts/runs';
import { asSystem } from './context';
import { sendLeftEvents } from './outbox';
import { getRunSummary, startRun } from './runs/service';
import { makeAgent, makeOrganization } from './testing/factories';

/** A runner that answers every event with `status`, and the events it was sent. */
function answering(status: number): string[] {
  const bodies: string[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    bodies.push(String(init?.body));
    return Response.json({ ids: ['taken'], status }, { status });
  };
  const counts = async () => ({ queued: 0, running: 0, scheduled: 0, oldestMs: 0, statements: 0 });
  setEmbeddedRunner({ fetch, start: async () => {}, stop: async () => {}, counts });
  return bodies;
}

test('an event that cannot be sent fails nobody: what caused it stands, and the job sends it', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx);
  answering(400);
  const run = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: 'Hello' }), 'app');
  expect(await getRunSummary(ctx, run.id)).toMatchObject({ status: 'queued' });

  const ofRun = sql`${outbox.data}->>'runId' = ${run.id}`;
  const left = () => asSystem((db) => db.select({ id: outbox.id }).from(outbox).where(ofRun));
  const [event] = await left();
  expect(event).toBeDefined();
  const longAgo = sql`now() - interval '1 day'`;
  await asSystem((db) =>
    db
      .update(outbox)
      .set({ createdAt: longAgo })
      .where(eq(outbox.id, event?.id ?? '')),
  );
  const sent = answering(200);
  expect(await sendLeftEvents()).toBeGreaterThan(0);
  expect(sent.join()).toContain(event?.id);
  expect(await left()).toEqual([]);
});
