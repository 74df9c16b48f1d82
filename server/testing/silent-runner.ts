import { type EmbeddedRunner, setEmbeddedRunner } from '@/inngest/embedded';

/** A runner that takes every event and executes nothing: runs stay queued, whatever other tests of this database do. */
export function setSilentRunner(): void {
  const taken: EmbeddedRunner['fetch'] = async () => Response.json({ ids: ['taken'], status: 200 });
  const nothing = { queued: 0, running: 0, scheduled: 0, oldestMs: 0, statements: 0 };
  setEmbeddedRunner({ fetch: taken, start: async () => {}, stop: async () => {}, counts: async () => nothing });
}
