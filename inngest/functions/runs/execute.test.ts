import { expect, test } from 'vitest';
import type { AgentSpec } from '@/lib/contracts/agents';
import { isEnded, type Run, type RunEvent, StartRunInput } from '@/lib/contracts/runs';
import { decideApproval } from '@/server/approvals/decide';
import type { OrgContext } from '@/server/context';
import { changeRole } from '@/server/organizations/service';
import { rerunRun } from '@/server/runs/repair';
import { cancelRun, getRun, getSpan, startRun } from '@/server/runs/service';
import { waitForRun, watchRun } from '@/server/runs/watch';
import { makeAgent, makeMember, makeOrganization } from '@/server/testing/factories';
import { keepRunner } from '@/server/testing/runner';

keepRunner();

const soon = () => AbortSignal.timeout(20_000);

/** Starts a run of an agent whose model follows a script. */
async function startScript(ctx: OrgContext, script: string, spec: Partial<AgentSpec> = {}) {
  const tools: AgentSpec['tools'] = [{ name: 'calculator' }, { name: 'current_time' }, { name: 'ask_human' }];
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools, ...spec });
  return startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: `#script\n${script}` }), 'app');
}

async function runScript(script: string, spec: Partial<AgentSpec> = {}): Promise<{ ctx: OrgContext; run: Run }> {
  const ctx = await makeOrganization();
  const { id } = await startScript(ctx, script, spec);
  await waitForRun(ctx, id, soon());
  return { ctx, run: await getRun(ctx, { runId: id }) };
}

const shape = (run: Run) => run.spans.map(({ kind, name, status, attempt }) => [kind, name, status, attempt]);

test('an answer without tools is one span, priced, and ends the run', async () => {
  const { run } = await runScript('say Hello there.');
  expect(run).toMatchObject({ status: 'completed', output: 'Hello there.', errorCode: null });
  expect(shape(run)).toEqual([['model', 'sandbox/scripted', 'completed', 0]]);
  expect(run.usage.outputTokens).toBeGreaterThan(0);
  expect(run.usage.outputTokens).toBe(run.spans[0]?.outputTokens);
});

test('tool calls of one turn run side by side, and the model reads their results in order', async () => {
  const { ctx, run } = await runScript(
    `call calculator {"expression": "6 * 7"}\ncall calculator {"expression": "0.1 + 0.2"}\n---\nsay Done.`,
  );
  expect(run).toMatchObject({ status: 'completed', output: 'Done.' });
  expect(shape(run).map(([kind]) => kind)).toEqual(['model', 'tool', 'tool', 'model']);
  const last = run.spans.at(-1);
  const payload = await getSpan(ctx, { runId: run.id, seq: last?.seq ?? 0 });
  const messages = (payload.input as { messages: { role: string; output?: unknown }[] }).messages;
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'tool']);
  expect(JSON.stringify(messages.slice(-2))).toMatch(/42.*0\.3/);
});

test('a tool that takes no time is recorded when it is done, any other when it begins as well', async () => {
  const call = (name: string) =>
    runScript(`call ${name} {"expression": "1"}\n---\nsay Done.`, {
      tools: [{ name: 'calculator' }, { name: 'list_files' }],
    });
  const changes = ({ run }: { run: Run }) => run.spans.map(({ seq, revision }) => revision - seq);
  expect(changes(await call('calculator'))).toEqual([1, 0, 1]);
  expect(changes(await call('list_files'))).toEqual([1, 1, 1]);
});

test('a tool that fails, does not exist or gets nonsense is told to the model, not to the user', async () => {
  const { run } = await runScript(
    `call calculator {"expression": "1 / 0"}\ncall launch_missiles {}\ncall calculator {"wrong": 1}\n---\nsay I could not.`,
  );
  expect(run).toMatchObject({ status: 'completed', output: 'I could not.' });
  expect(run.spans.filter(({ errorCode }) => errorCode === 'tool_failed')).toHaveLength(3);
});

test('a provider that asks to wait is tried again as a span of its own', async () => {
  const { run } = await runScript('fail 429 1 Slow down\n...\nsay Now.');
  expect(run).toMatchObject({ status: 'completed', output: 'Now.' });
  expect(shape(run)).toEqual([
    ['model', 'sandbox/scripted', 'failed', 0],
    ['model', 'sandbox/scripted', 'completed', 1],
  ]);
  expect(run.spans[0]?.errorCode).toBe('provider_rate_limited');
  expect(run.spans[1]?.queuedAt).toEqual(run.spans[0]?.endedAt);
});

test('a provider that refuses ends the run at once, with its reason', async () => {
  const { run } = await runScript('fail 401 - bad key');
  expect(run).toMatchObject({ status: 'failed', errorCode: 'provider_refused' });
  expect(run.spans).toHaveLength(1);
});

test('each limit ends the run with its name', async () => {
  const loop = Array.from({ length: 6 }, () => 'call current_time {}').join('\n---\n');
  const limits = { maxSteps: 20, maxSeconds: 300, maxCostMicros: 1_000_000 };
  const steps = await runScript(loop, { limits: { ...limits, maxSteps: 3 } });
  expect(steps.run).toMatchObject({ status: 'failed', errorCode: 'limit_steps' });
  expect(steps.run.spans.filter(({ kind }) => kind === 'model')).toHaveLength(3);
  const seconds = await runScript('wait 30000\nsay Late.', { limits: { ...limits, maxSeconds: 1 } });
  expect(seconds.run).toMatchObject({ status: 'failed', errorCode: 'limit_seconds' });
  const cost = await runScript(`usage 9000000 9000000\n${loop}`, { limits: { ...limits, maxCostMicros: 1 } });
  expect(cost.run).toMatchObject({ status: 'failed', errorCode: 'limit_cost' });
});

test('a run that asks a person beside other calls waits when those are done, whichever is written last', async () => {
  const ctx = await makeOrganization();
  const calls = ['calculator', 'ask_human', 'calculator'].map(
    (name) => `call ${name} {"expression": "6 * 7", "question": "Red or blue?"}`,
  );
  const statuses = Array.from({ length: 12 }, async () => {
    const { id } = await startScript(ctx, calls.join('\n'));
    const isDone = async () =>
      (await getRun(ctx, { runId: id })).spans.filter(({ endedAt }) => endedAt !== null).length === 3;
    await expect.poll(isDone, { timeout: 20_000 }).toBe(true);
    await waitForRun(ctx, id, soon());
    return (await getRun(ctx, { runId: id })).status;
  });
  expect(await Promise.all(statuses)).toEqual(Array(12).fill('waiting'));
});

test('a run that asks a person waits, and goes on with the answer', async () => {
  const ctx = await makeOrganization();
  const { id } = await startScript(ctx, 'call ask_human {"question": "Red or blue?"}\n---\nsay Thanks.');
  await waitForRun(ctx, id, soon());
  const waiting = await getRun(ctx, { runId: id });
  expect(waiting.status).toBe('waiting');
  const [question] = waiting.approvals;
  expect(question).toMatchObject({ status: 'open', question: 'Red or blue?' });
  const answer = { approvalId: question?.id ?? '', decision: { type: 'answer', answer: 'Blue' } } as const;
  await decideApproval(ctx, answer);
  await expect(decideApproval(ctx, answer)).rejects.toMatchObject({ code: 'CONFLICT' });
  const run = await ended(ctx, id);
  expect(run).toMatchObject({ status: 'completed', output: 'Thanks.' });
  expect(run.approvals).toMatchObject([{ status: 'answered', answer: 'Blue', decidedByName: 'Owner' }]);
  expect(run.spans.find(({ kind }) => kind === 'human')?.status).toBe('completed');
});

test('cancelling reaches the call that is under way, and what waits', async () => {
  const ctx = await makeOrganization();
  const hanging = await startScript(ctx, 'hang 5\nsay Hello and more');
  await untilSpan(ctx, hanging.id);
  const cancelled = await cancelRun(ctx, { runId: hanging.id });
  expect(cancelled.status).toBe('cancelled');
  await expect.poll(async () => (await getRun(ctx, { runId: hanging.id })).output).toBe('Hello');
  await expect(cancelRun(ctx, { runId: hanging.id })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  const asking = await startScript(ctx, 'call ask_human {"question": "Well?"}\n---\nsay Never.');
  await waitForRun(ctx, asking.id, soon());
  await cancelRun(ctx, { runId: asking.id });
  const run = await getRun(ctx, { runId: asking.id });
  expect(run).toMatchObject({ status: 'cancelled', approvals: [{ status: 'cancelled' }] });
  expect(run.spans.every(({ status }) => status !== 'running' && status !== 'waiting')).toBe(true);
});

test('a run works with the rights its starter has now', async () => {
  const ctx = await makeOrganization();
  const developer = await makeMember(ctx, 'developer');
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools: [{ name: 'ask_human' }] });
  const input = '#script\ncall ask_human {"question": "Go on?"}\n---\nsay Still here.';
  const { id } = await startRun(developer, StartRunInput.parse({ agentId: agent.id, input }), 'app');
  await waitForRun(developer, id, soon());
  await changeRole(ctx, { userId: developer.actor.id, role: 'viewer' });
  const [question] = (await getRun(ctx, { runId: id })).approvals;
  await decideApproval(ctx, { approvalId: question?.id ?? '', decision: { type: 'answer', answer: 'yes' } });
  expect(await ended(ctx, id)).toMatchObject({ status: 'failed', errorCode: 'permission_lost' });
});

test('a watcher who comes back is told the rest: no gap, no repeat', async () => {
  const ctx = await makeOrganization();
  const text = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
  const { id } = await startScript(ctx, `every 5\nsay ${text}`);
  let lastEventId: string | null = null;
  let answer = '';
  let sawEnd = false;
  // Leaves after every third event and comes back with what it was handed last.
  for (let visit = 0; visit < 200 && !sawEnd; visit += 1) {
    let events = 0;
    for await (const watched of watchRun(ctx, { runId: id, lastEventId }, soon())) {
      lastEventId = watched.id;
      answer = apply(answer, watched.event);
      sawEnd = watched.event.type === 'end';
      events += 1;
      if (events === 3) break;
    }
  }
  expect(sawEnd).toBe(true);
  expect(answer).toBe(text);
});

test('a conversation hears what was said before and takes one message at a time', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted' });
  const say = (input: string, conversationId?: string) =>
    startRun(ctx, StartRunInput.parse({ agentId: agent.id, input, conversationId }), 'app');
  const first = await say('#script\nwait 300\nsay I am Bo.');
  await expect(say('too early', first.conversationId)).rejects.toMatchObject({ code: 'CONFLICT' });
  await ended(ctx, first.id);
  const second = await say('#script\nsay Bo.', first.conversationId);
  const run = await ended(ctx, second.id);
  const payload = await getSpan(ctx, { runId: run.id, seq: run.spans[0]?.seq ?? 0 });
  const { messages } = payload.input as { messages: { role: string; content?: string }[] };
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  expect(messages[2]?.content).toBe('I am Bo.');
});

test('a run is run again from the same spec and input', async () => {
  const { ctx, run } = await runScript('say Same.');
  const again = await rerunRun(ctx, { runId: run.id });
  expect(await ended(ctx, again.id)).toMatchObject({
    rerunOf: run.id,
    version: run.version,
    status: 'completed',
    output: 'Same.',
  });
});

function apply(answer: string, event: RunEvent): string {
  if (event.type !== 'text') return answer;
  expect(event.offset).toBe(answer.length);
  return answer + event.delta;
}

async function ended(ctx: OrgContext, runId: string): Promise<Run> {
  for await (const { event } of watchRun(ctx, { runId }, soon())) if (event.type === 'end') break;
  const run = await getRun(ctx, { runId });
  expect(isEnded(run.status)).toBe(true);
  return run;
}

async function untilSpan(ctx: OrgContext, runId: string): Promise<void> {
  for await (const { event } of watchRun(ctx, { runId }, soon())) if (event.type === 'text') return;
  throw new Error('the run ended without a word');
}

test('the same call again and again is refused with a reason', async () => {
  const again = 'call calculator {"expression": "1 + 1"}\n---\n';
  const { ctx, run } = await runScript(`${again.repeat(12)}say Enough.`);
  expect(run).toMatchObject({ status: 'completed', output: 'Enough.' });
  const calls = run.spans.filter(({ kind }) => kind === 'tool');
  expect(calls.map(({ errorCode }) => errorCode)).toEqual([...Array(10).fill(null), 'tool_denied', 'tool_denied']);
  const { output } = await getSpan(ctx, { runId: run.id, seq: calls.at(-1)?.seq ?? 0 });
  expect(JSON.stringify(output)).toContain('with these arguments 10 times');
});
