import { expect, test, vi } from 'vitest';
import { type RunStatus, StartRunInput } from '@/lib/contracts/runs';
import { makeAgent, makeOrganization } from '../testing/factories';
import { keepRunner } from '../testing/runner';
import * as summaries from './summaries';
import { startAndWait } from './watch';

// Not all of it: a spy would wait for what `selectResult` gives, and so send a piece of a statement.
vi.mock('./summaries', async (original) => {
  const real = await original<typeof summaries>();
  return { ...real, getRunResult: vi.fn(real.getRunResult) };
});

keepRunner();

/** What whoever waited was told, what is written, and how often they had to look it up. */
async function waited(input: string) {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools: [{ name: 'calculator' }] });
  const start = StartRunInput.parse({ agentId: agent.id, input });
  vi.mocked(summaries.getRunResult).mockClear();
  const told = await startAndWait(ctx, start, 'api', { signal: AbortSignal.timeout(20_000) });
  const lookedUp = vi.mocked(summaries.getRunResult).mock.calls.length;
  return { told, lookedUp, written: await summaries.getRunResult(ctx, told.id) };
}

const ENDS: [string, RunStatus, string, string | null][] = [
  ['at once', 'completed', '#script\nsay It is "done" – ✓.', 'It is "done" – ✓.'],
  ['after a tool', 'completed', '#script\ncall calculator {"expression": "6 * 7"}\n---\nsay 42', '42'],
  ['in a failure', 'failed', '#script\nfail 400 That is not possible.', null],
];

test.each(ENDS)('who waits for a run that ends %s is told what is written of it', async (_, status, input, output) => {
  const { told, written } = await waited(input);
  expect(told).toMatchObject({ status, output });
  expect(told).toEqual(written);
});

test('who waits for an answer of the same process need not look it up', async () => {
  // The runners of other test files are on the same database, and may take a run.
  await expect.poll(async () => (await waited('#script\nsay Done.')).lookedUp, { timeout: 20_000 }).toBe(0);
});
