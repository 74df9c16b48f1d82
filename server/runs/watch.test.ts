import { expect, test, vi } from 'vitest';
import type * as client from '@/inngest/client';
import { sendEvents } from '@/inngest/client';
import { type RunStatus, StartRunInput } from '@/lib/contracts/runs';
import { applyRunEvent, textOfSpan, viewOfRun } from '@/lib/run-state';
import { makeAgent, makeOrganization } from '../testing/factories';
import { keepRunner } from '../testing/runner';
import * as news from './news';
import { getRun } from './service';
import * as summaries from './summaries';
import { startAndWait, startWatched } from './watch';

// Not all of it: a spy would wait for what `selectResult` gives, and so send a piece of a statement.
vi.mock('./summaries', async (original) => {
  const real = await original<typeof summaries>();
  return { ...real, getRunResult: vi.fn(real.getRunResult) };
});

vi.mock('./news', async (original) => {
  const real = await original<typeof news>();
  return { ...real, getNews: vi.fn(real.getNews) };
});

vi.mock('@/inngest/client', async (original) => {
  const real = await original<typeof client>();
  return { ...real, sendEvents: vi.fn(real.sendEvents) };
});

keepRunner();

async function newStart(input: string) {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools: [{ name: 'calculator' }] });
  return { ctx, start: StartRunInput.parse({ agentId: agent.id, input }) };
}

/** What whoever waited was told, what is written, and how often they had to look it up. */
async function waited(input: string) {
  const { ctx, start } = await newStart(input);
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

/** What whoever watched was told, as a client puts it together, and how often it was looked up. */
async function watched(input: string) {
  const { ctx, start } = await newStart(input);
  vi.mocked(news.getNews).mockClear();
  const { runId, watch } = await startWatched(ctx, start, 'api');
  const written = () => getRun(ctx, { runId });
  let view = viewOfRun(await written());
  const types: string[] = [];
  for await (const { event } of watch(undefined, AbortSignal.timeout(20_000))) {
    types.push(event.type);
    view = applyRunEvent(view, event);
  }
  return { view, types, written: await written(), lookedUp: vi.mocked(news.getNews).mock.calls.length };
}

test('who starts a run and watches it is told all that is written of it', async () => {
  const { view, types, written } = await watched(
    '#script\nsay Wait.\ncall calculator {"expression": "6 * 7"}\n---\nsay 42',
  );
  expect(types.at(-1)).toBe('end');
  expect(written).toMatchObject({ ...view.run, status: 'completed', output: '42', spans: view.spans });
  expect(view).toMatchObject({ output: '42', ended: true });
  expect(view.spans.map(({ kind }) => kind)).toEqual(['model', 'tool', 'model']);
  expect(view.spans.map(({ seq }) => textOfSpan(view, seq))).toEqual(['Wait.', '', '42']);
});

test('a run is looked up when its step begins and when it ends, not before', async () => {
  await expect.poll(async () => (await watched('#script\nsay Done.')).lookedUp, { timeout: 20_000 }).toBeLessThan(3);
});

test('a run that has to wait for its turn is told as it waits', async () => {
  const { ctx, start } = await newStart('#script\nsay Done.');
  vi.mocked(sendEvents).mockResolvedValueOnce();
  const { watch } = await startWatched(ctx, start, 'api');
  const told = watch(undefined, AbortSignal.timeout(20_000));
  expect((await told.next()).value).toMatchObject({ event: { type: 'run', run: { status: 'queued' } } });
  await told.return(undefined);
});
