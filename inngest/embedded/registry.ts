import type { EmbeddedRunner } from './runner';

/** What this process asks of its runner; tests put something else in its place. */
type LocalRunner = Pick<EmbeddedRunner, 'fetch' | 'start' | 'stop' | 'counts'> & Partial<EmbeddedRunner>;

// Next bundles routes and instrumentation apart; one process has one runner.
const shared = globalThis as typeof globalThis & { musterRunner?: LocalRunner };

export const setEmbeddedRunner = (runner: LocalRunner | undefined): void => {
  shared.musterRunner = runner;
};

/** The runner of this process. Throws when nobody has set one: a script that sends events must start it first. */
export function getEmbeddedRunner(): LocalRunner {
  const runner = shared.musterRunner;
  if (!runner)
    throw new Error('The embedded runner is not there: call setEmbeddedRunner(createEmbeddedRunner(…)) first.');
  return runner;
}

/** The same, or undefined where another process executes the functions. */
export const findEmbeddedRunner = (): LocalRunner | undefined => shared.musterRunner;
