import { afterAll, beforeAll } from 'vitest';
import { functions } from '@/inngest';
import { inngest } from '@/inngest/client';
import { createEmbeddedRunner, createLocalServe, type EmbeddedRunner, setEmbeddedRunner } from '@/inngest/embedded';
import { env } from '@/lib/env';

/** The embedded runner with the product's functions in this process; `start` it to have runs executed. */
export function makeRunner(): EmbeddedRunner {
  const runner = createEmbeddedRunner({
    serveUrl: 'http://localhost/api/inngest',
    signingKey: env.INNGEST_SIGNING_KEY ?? '',
    eventKey: env.INNGEST_EVENT_KEY ?? '',
    exclusive: false,
    pollMs: 500,
    transport: createLocalServe({ client: inngest, functions }),
  });
  setEmbeddedRunner(runner);
  return runner;
}

/** One that executes runs for as long as a file of tests. */
export function keepRunner(): void {
  let runner: EmbeddedRunner | undefined;
  beforeAll(async () => {
    runner = makeRunner();
    await runner.start();
  });
  afterAll(() => runner?.stop());
}
