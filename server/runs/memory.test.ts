import { beforeEach, expect, test, vi } from 'vitest';
import { StartRunInput } from '@/lib/contracts/runs';
import { makeAgent, makeOrganization } from '../testing/factories';
import { keepRunner } from '../testing/runner';
import { type KnownRun, recall, remember } from './memory';
import { findExecution } from './queries';
import { getRun, startRun } from './service';
import { waitForRun } from './watch';

vi.mock('./memory', { spy: true });
vi.mock('./queries', { spy: true });

keepRunner();
beforeEach(() => vi.clearAllMocks());

const { recall: really } = await vi.importActual<typeof import('./memory')>('./memory');

const SCRIPT = `#script\ncall calculator {"expression": "6 * 7"}\n---\ncall calculator {"expression": "1 + 1"}\n---\nsay Done.`;

async function runScript() {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools: [{ name: 'calculator' }] });
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: SCRIPT }), 'app');
  await waitForRun(ctx, id, AbortSignal.timeout(20_000));
  return getRun(ctx, { runId: id });
}

/** How often a run was read in whose second step `change` is what is known of it. */
async function readsWhen(change: (known: KnownRun) => KnownRun | undefined): Promise<number> {
  const asked: string[] = [];
  vi.mocked(recall).mockImplementation((runId) => {
    asked.push(runId);
    const known = really(runId);
    return asked.filter((id) => id === runId).length === 2 && known ? change(known) : known;
  });
  const run = await runScript();
  vi.mocked(recall).mockImplementation(really);
  expect(run).toMatchObject({ status: 'completed', output: 'Done.' });
  expect(run.spans.map(({ stepKey }) => stepKey)).toEqual(['model-0', 'tool-0-0', 'model-1', 'tool-1-0', 'model-2']);
  // The runners of other test files are on the same database: this one works for them, and they may have taken this run.
  const steps = asked.filter((id) => id === run.id);
  if (steps.length === 0) return readsWhen(change);
  expect(steps).toHaveLength(5);
  return vi.mocked(findExecution).mock.calls.filter(([, runId]) => runId === run.id).length;
}

test('a run whose steps follow at once is not read again', async () => {
  expect(await readsWhen((known) => known)).toBe(0);
});

test('a run is read again when nothing is known of it', async () => {
  expect(await readsWhen(() => undefined)).toBe(1);
});

test('a run is read again when something has happened in it since', async () => {
  expect(await readsWhen((known) => ({ ...known, revision: known.revision - 1 }))).toBe(1);
});

test('a run is read again when another process has gone on with it', async () => {
  expect(await readsWhen((known) => ({ ...known, turns: [] }))).toBe(1);
});

test('a run is read again when whoever started it may not do any more what they could', async () => {
  expect(await readsWhen((known) => ({ ...known, permissions: [...known.permissions, 'keys:forge'] }))).toBe(1);
});

test('what is known is given away once, and only while it is fresh', () => {
  const known = { readAt: performance.now() } as KnownRun;
  remember('fresh', known);
  expect([recall('fresh'), recall('fresh')]).toEqual([known, undefined]);
  remember('old', { ...known, readAt: performance.now() - 1_500 });
  expect(recall('old')).toBeUndefined();
});
