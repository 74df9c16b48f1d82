import type { EmbeddedRunner } from './runner';

// Next bundles routes and instrumentation apart; one process has one runner.
const shared = globalThis as typeof globalThis & { musterRunner?: EmbeddedRunner };

export const setEmbeddedRunner = (runner: EmbeddedRunner | undefined): void => {
  shared.musterRunner = runner;
};

/** The runner of this process. Throws when nobody has set one: a script that sends events must start it first. */
export function getEmbeddedRunner(): EmbeddedRunner {
  const runner = shared.musterRunner;
  if (!runner)
    throw new Error('The embedded runner is not there: call setEmbeddedRunner(createEmbeddedRunner(…)) first.');
  return runner;
}
