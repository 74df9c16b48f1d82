import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { signIn } from '../bench/session';
import { blankSpec } from '../lib/contracts/agents';
import { type ModelServer, type ProviderAnswer, startModelServer } from './fixtures/model-server';
import { freePort, ServerProcess } from './fixtures/server-process';

/** What a provider does to a run, over real HTTP, and what the run makes of it. */

const TOKENS = ['Grüße', ' aus', ' Köln', ' 🎉🎉'];
const TEXT = TOKENS.join('');
const GOOD: ProviderAnswer = { tokens: TOKENS };
const CALL = { calls: [{ name: 'calculator', arguments: '{"expression":"6*7"}' }] };
const limited = (headers: Record<string, string> = {}): ProviderAnswer => ({ error: { status: 429, headers } });

interface Fault {
  /** What is answered to the first request, the second, … and to all that follow. */
  answers: (() => ProviderAnswer)[];
  limits?: { maxSeconds?: number; maxSteps?: number };
  /** Of the spans in their order: status and why it failed. */
  spans: string[];
  /** Why the run failed; it completed, without. */
  fails?: string;
  /** What was said by the attempt that failed, of which the end may be missing. */
  said?: RegExp;
  /** The attempt that failed had come so far that it is paid for. */
  paid?: boolean;
  /** Milliseconds the second request waits for at least: what the provider asked for. */
  waits?: number;
}

const FAULTS: Record<string, Fault> = {
  'cut in a piece of text': {
    answers: [() => ({ ...GOOD, cut: 'token' }), () => GOOD],
    spans: ['failed provider_broken_answer', 'completed'],
    said: /^Grüße aus/,
  },
  'cut in a character': {
    answers: [() => ({ ...GOOD, cut: 'character' }), () => GOOD],
    spans: ['failed provider_broken_answer', 'completed'],
    said: /^Grüße aus Köln$/,
  },
  'cut in the arguments of a tool': {
    answers: [() => ({ ...CALL, cut: 'arguments' }), () => CALL, () => GOOD],
    paid: true,
    spans: ['failed provider_broken_answer', 'completed', 'completed', 'completed'],
  },
  'cut every time': {
    answers: [() => ({ ...GOOD, cut: 'event' })],
    spans: Array.from({ length: 4 }, () => 'failed provider_broken_answer'),
    fails: 'provider_broken_answer',
    said: /^Grüße aus/,
  },
  '429 with seconds': {
    answers: [() => limited({ 'retry-after': '3' }), () => GOOD],
    spans: ['failed provider_rate_limited', 'completed'],
    waits: 3_000,
  },
  '429 with a date': {
    // A date has whole seconds: up to one is cut off.
    answers: [() => limited({ 'retry-after': new Date(Date.now() + 5_000).toUTCString() }), () => GOOD],
    spans: ['failed provider_rate_limited', 'completed'],
    waits: 3_500,
  },
  '429 without a word': {
    answers: [() => limited(), () => GOOD],
    spans: ['failed provider_rate_limited', 'completed'],
    waits: 1_000,
  },
  '429 every time': {
    answers: [() => limited()],
    spans: Array.from({ length: 4 }, () => 'failed provider_rate_limited'),
    fails: 'provider_rate_limited',
  },
  'no answer at all': {
    answers: [() => ({ hang: 'headers' })],
    limits: { maxSeconds: 3 },
    spans: ['failed limit_seconds'],
    fails: 'limit_seconds',
  },
  'an answer that stops': {
    answers: [() => ({ ...GOOD, hang: 'end' })],
    limits: { maxSeconds: 3 },
    spans: ['failed limit_seconds'],
    fails: 'limit_seconds',
    said: /^Grüße aus Köln/,
  },
  'the same tool for ever': {
    answers: [() => CALL],
    limits: { maxSteps: 4 },
    spans: Array.from({ length: 8 }, () => 'completed'),
    fails: 'limit_steps',
  },
};

interface WireRun {
  id: string;
  status: string;
  output: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  costMicros: number;
  spans: { seq: number; kind: string; status: string; errorCode: string | null; costMicros: number | null }[];
}

let directory: string;
let model: ModelServer;
let server: ServerProcess;
let cookie: string;
const askedAt = new Map<string, number[]>();

// One server for all of them.
test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  directory = mkdtempSync(join(tmpdir(), 'muster-provider-'));
  model = await startModelServer({
    answer: ({ body }) => {
      const said = JSON.stringify(body.input);
      const name = Object.keys(FAULTS).find((fault) => said.includes(`«${fault}»`)) ?? '';
      const times = askedAt.get(name) ?? [];
      askedAt.set(name, [...times, Date.now()]);
      const { answers } = FAULTS[name] ?? { answers: [() => GOOD] };
      return (answers[times.length] ?? answers.at(-1))?.();
    },
  });
  server = new ServerProcess(directory, await freePort(), {
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: 'any',
  });
  await server.start();
  ({ cookie } = await signIn(server.url, server.owner));
});

test.afterAll(async () => {
  await server?.kill();
  await model?.close();
  rmSync(directory, { recursive: true, force: true });
});

for (const [name, fault] of Object.entries(FAULTS)) {
  test(name, async () => {
    const blank = blankSpec('openai/gpt-6-sol');
    const limits = { ...blank.limits, ...fault.limits };
    const spec = { ...blank, limits, tools: [{ name: 'calculator' }] };
    const agent = await server.api<{ id: string }>('/agents', { name, spec, publish: true });
    const { id } = await server.api<WireRun>(`/agents/${agent.id}/runs`, { input: `«${name}»`, async: true });
    const read = () => server.api<WireRun>(`/runs/${id}`);
    await expect.poll(async () => (await read()).status, { timeout: 30_000 }).toMatch(/completed|failed/);
    const run = await read();

    expect(run.spans.map(({ status, errorCode }) => (errorCode ? `${status} ${errorCode}` : status))).toEqual(
      fault.spans,
    );
    expect(run.errorCode).toBe(fault.fails ?? null);
    if (fault.fails) expect(run.errorMessage).toMatch(/\w{3,}.*\./);
    else expect(run.output).toBe(TEXT);
    const paid = run.spans.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0);
    expect(run.costMicros).toBe(paid);

    const [first] = run.spans;
    if (fault.said) {
      // What was said is kept and paid for, by an estimate.
      expect(await textOf(id, first?.seq ?? 0)).toMatch(fault.said);
      expect(first?.costMicros).toBeGreaterThan(0);
    } else if (fault.paid) expect(first?.costMicros).toBeGreaterThan(0);
    else if (first?.status === 'failed') expect(first.costMicros ?? 0).toBe(0);
    const [one = 0, two = 0] = askedAt.get(name) ?? [];
    if (fault.waits) expect(two - one).toBeGreaterThanOrEqual(fault.waits);
  });
}

async function textOf(runId: string, seq: number): Promise<string> {
  const input = encodeURIComponent(JSON.stringify({ json: { org: server.owner.organization, runId, seq } }));
  const response = await fetch(`${server.url}/api/trpc/runs.span?input=${input}`, { headers: { cookie } });
  const { result } = (await response.json()) as { result: { data: { json: { output: { content: string } } } } };
  return result.data.json.output.content;
}
