import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentSpec, blankSpec } from '@/lib/contracts/agents';
import { type Run, StartRunInput } from '@/lib/contracts/runs';
import type { OrgContext } from '@/server/context';
import { getRun, getSpan, startRun } from '@/server/runs/service';
import { waitForRun } from '@/server/runs/watch';
import { makeAgent, makeOrganization } from '@/server/testing/factories';
import { makeRunner } from '@/server/testing/runner';

let runner: ReturnType<typeof makeRunner>;
let ctx: OrgContext;
beforeAll(async () => {
  runner = makeRunner();
  await runner.start();
  ctx = await makeOrganization();
});
afterAll(() => runner.stop());

const output = {
  name: 'sum',
  schema: {
    type: 'object',
    properties: { total: { type: 'number' }, unit: { type: 'string', enum: ['kg', 'lb', 'other'] } },
    required: ['total', 'unit'],
    additionalProperties: false,
  },
};

async function run(input: string, patch: Partial<AgentSpec> = {}): Promise<Run> {
  const spec = AgentSpec.parse({ ...blankSpec('sandbox/scripted'), instructions: '', output, ...patch });
  const agent = await makeAgent(ctx, spec);
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input }), 'app');
  await waitForRun(ctx, id, AbortSignal.timeout(20_000));
  return getRun(ctx, { runId: id });
}
const kindsOf = ({ spans }: Run) => spans.map(({ kind, status }) => `${kind} ${status}`);

test('the sandbox assistant uses its tools and answers with JSON of the shape, and says how it did', async () => {
  const model = 'sandbox/assistant';
  const done = await run('How much is 12 * 4 kg?', { model, tools: [{ name: 'calculator' }] });
  expect(done).toMatchObject({ status: 'completed' });
  expect(kindsOf(done)).toEqual(['model completed', 'tool completed', 'model completed']);
  expect(JSON.parse(done.output ?? '')).toEqual({ total: 48, unit: 'kg' });
  const answer = await getSpan(ctx, { runId: done.id, seq: done.spans.at(-1)?.seq ?? 0 });
  expect(answer.output).toMatchObject({ reasoning: expect.stringContaining('sandbox model') });
});

test('an answer that does not fit is sent back with what is wrong, and the next one counts', async () => {
  const done = await run(
    '#script\nsay Forty-eight.\n---\nsay {"total": "48"}\n---\nsay ```json\nsay {"total": 48, "unit": "kg"}\nsay ```',
  );
  expect(done).toMatchObject({ status: 'completed', output: '{"total": 48, "unit": "kg"}' });
  expect(kindsOf(done)).toEqual(['model completed', 'model completed', 'model completed']);
  const [first, second, third] = await Promise.all(done.spans.map(({ seq }) => getSpan(ctx, { runId: done.id, seq })));
  expect(first?.output).toMatchObject({ content: 'Forty-eight.', rejected: 'it is not JSON' });
  expect(second?.output).toMatchObject({ rejected: expect.stringMatching(/unit: .*total: /) });
  expect(JSON.stringify(third?.input)).toMatch(/does not fit the JSON Schema: unit/);
  expect(JSON.stringify(third?.input)).not.toContain('rejected');
});

test('after two corrections the run fails with what was wrong last', async () => {
  const failed = await run('#script\nsay one\n---\nsay two\n---\nsay {}\n---\nsay {"total": 1, "unit": "kg"}');
  expect(failed).toMatchObject({ status: 'failed', errorCode: 'output_invalid', output: null });
  expect(failed.errorMessage).toMatch(/3 attempts.*unit/);
  expect(kindsOf(failed)).toEqual(['model completed', 'model completed', 'model failed']);
});

test('corrections are steps of the run: its limits hold', async () => {
  const limits = { maxSteps: 1, maxSeconds: 60, maxCostMicros: 1_000_000 };
  const stopped = await run('#script\nsay one\n---\nsay {"total": 1, "unit": "kg"}', { limits });
  expect(stopped).toMatchObject({ status: 'failed', errorCode: 'limit_steps' });
});

test('without a schema an answer is text, whatever it says', async () => {
  const done = await run('#script\nsay {"total": ', { output: undefined });
  expect(done).toMatchObject({ status: 'completed', output: '{"total":' });
  const [span] = done.spans;
  const { input } = await getSpan(ctx, { runId: done.id, seq: span?.seq ?? 0 });
  expect(JSON.stringify(input)).not.toContain('JSON Schema');
});
