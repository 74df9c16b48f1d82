import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { blankSpec } from '../lib/contracts/agents';
import { type ModelServer, startModelServer } from './fixtures/model-server';
import { freePort, ServerProcess } from './fixtures/server-process';

/** Model calls of one run; all but the last call a tool. */
const TURNS = 8;

interface WireSpan {
  seq: number;
  kind: string;
  stepKey: string;
  status: string;
  endedAt: string | null;
}
interface WireRun {
  id: string;
  status: string;
  output: string | null;
  costMicros: number;
  spans: WireSpan[];
}

/** Which turn a request of the model is: one tool result for every turn before. */
const turnOf = (body: { messages?: { role: string }[] }): number =>
  body.messages?.filter(({ role }) => role === 'tool').length ?? -1;

const startModel = (): Promise<ModelServer> =>
  startModelServer({
    firstTokenMs: 60,
    answer: ({ body }) => {
      const turn = turnOf(body);
      if (turn >= TURNS - 1) return { tokens: ['All ', 'done.'] };
      return { calls: [{ name: 'calculator', arguments: JSON.stringify({ expression: `${turn} + 1` }) }] };
    },
  });

const isFinished = (span: WireSpan) => span.status === 'completed';

test('killed at any moment, a run goes on after the restart and repeats nothing that was finished', async () => {
  test.setTimeout(180_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-crash-'));
  const model = await startModel();
  const server = new ServerProcess(dataDir, await freePort(), { OPENAI_COMPATIBLE_BASE_URL: `${model.url}/v1` });
  try {
    await server.start();
    const spec = { ...blankSpec('openai-compatible/any'), tools: [{ name: 'calculator' }] };
    const agent = await server.api<{ id: string }>('/agents', { name: 'Counter', spec, publish: true });
    const { id } = await server.api<WireRun>(`/agents/${agent.id}/runs`, { input: 'Count.', async: true });

    const finished = new Map<number, { span: WireSpan; asked: number }>();
    let kills = 0;
    let run = await server.api<WireRun>(`/runs/${id}`);
    while (run.status !== 'completed' && kills < 5) {
      await pause(40 + Math.random() * 260);
      run = await server.api<WireRun>(`/runs/${id}`);
      for (const span of run.spans.filter(isFinished)) {
        if (!finished.has(span.seq)) finished.set(span.seq, { span, asked: timesAsked(model, span) });
      }
      if (run.status === 'completed') break;
      await server.kill();
      kills += 1;
      await server.start();
    }
    await expect
      .poll(async () => (await server.api<WireRun>(`/runs/${id}`)).status, { timeout: 60_000 })
      .toBe('completed');
    run = await server.api<WireRun>(`/runs/${id}`);

    expect(kills).toBeGreaterThan(2);
    expect(run.output).toBe('All done.');
    for (const { span, asked } of finished.values()) {
      expect(run.spans.find(({ seq }) => seq === span.seq)).toEqual(span);
      expect(timesAsked(model, span), `${span.stepKey} was finished before a kill`).toBe(asked);
    }
    const completed = run.spans.filter(isFinished).map(({ stepKey }) => stepKey);
    expect(new Set(completed).size).toBe(completed.length);
    expect(completed).toHaveLength(2 * TURNS - 1);
  } finally {
    await server.kill();
    await model.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

function timesAsked(model: ModelServer, span: WireSpan): number {
  if (span.kind !== 'model') return 0;
  const turn = Number(span.stepKey.split('-')[1]);
  return model.requests.filter(({ body }) => turnOf(body) === turn).length;
}

test('a second start on the same data directory is refused, and the data outlives a clean stop', async () => {
  test.setTimeout(90_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-twice-'));
  const first = new ServerProcess(dataDir, await freePort());
  const second = new ServerProcess(dataDir, await freePort());
  try {
    await first.start();
    await expect(second.start()).rejects.toThrow(/in use by process \d+.*MUSTER_DATA_DIR/s);
    const { demoAgentId } = first.owner;
    const run = await first.api<WireRun>(`/agents/${demoAgentId}/runs`, { input: 'What is 6 * 7?' });
    expect(run.output).toContain('42');
    await first.stop();
    await second.start();
    expect(await second.api<WireRun>(`/runs/${run.id}`)).toMatchObject({ status: 'completed', output: run.output });
  } finally {
    await first.kill();
    await second.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
