import { expect, test } from 'vitest';
import type { AgentSpec } from '@/lib/contracts/agents';
import { RerunRunInput } from '@/lib/contracts/repair';
import { isEnded, type Run, StartRunInput } from '@/lib/contracts/runs';
import { saveDraft } from '../agents/service';
import { decideApproval } from '../approvals/decide';
import { listAudit } from '../audit/service';
import { type OrgContext, withTenant } from '../context';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import { keepRunner } from '../testing/runner';
import { compareRuns } from './compare';
import { forkRun, getLineage, rerunRun, retryRun } from './repair';
import { cancelRun, getRun, getSpan, startRun } from './service';
import { waitForRun, watchRun } from './watch';

keepRunner();

const TWO_TOOLS = `call calculator {"expression": "6 * 7"}\n---\ncall calculator {"expression": "1 + 1"}\n---\nsay Done.`;

async function runScript(script: string, spec: Partial<AgentSpec> = {}) {
  const ctx = await makeOrganization();
  const tools: AgentSpec['tools'] = [{ name: 'calculator' }, { name: 'ask_human' }];
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools, ...spec });
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: `#script\n${script}` }), 'app');
  return { ctx, agent, run: await rested(ctx, id) };
}

async function rested(ctx: OrgContext, runId: string): Promise<Run> {
  await waitForRun(ctx, runId, AbortSignal.timeout(20_000));
  return getRun(ctx, { runId });
}

const own = (run: Run) => run.spans.filter(({ takenOver }) => !takenOver).map(({ stepKey }) => stepKey);
const taken = (run: Run) =>
  run.spans.filter(({ takenOver }) => takenOver).map((span) => [span.stepKey, span.takenOver]);
const rerun = (ctx: OrgContext, input: Partial<RerunRunInput> & { runId: string }) =>
  rerunRun(ctx, RerunRunInput.parse(input));

/** Money of an organization as the ledger, the spans and the runs tell it. */
const money = (ctx: OrgContext) =>
  withTenant(ctx, async ({ sql, org }) => {
    const [row] = await sql<{ ledger: string; spans: string; runs: string; calls: string }[]>`
      select (select coalesce(sum(spent_micros), 0) from ledger_entries where org_id = ${org.id}) as ledger,
        (select coalesce(sum(cost_micros), 0) from spans where org_id = ${org.id}) as spans,
        (select coalesce(sum(cost_micros), 0) from runs where org_id = ${org.id}) as runs,
        (select count(*) from ledger_entries where org_id = ${org.id} and kind = 'settle') as calls`;
    return {
      ledger: Number(row?.ledger),
      spans: Number(row?.spans),
      runs: Number(row?.runs),
      calls: Number(row?.calls),
    };
  });

test('a failed run goes on at the step that failed; nothing is asked or paid twice', async () => {
  const { ctx, run } = await runScript(TWO_TOOLS, {
    limits: { maxSteps: 2, maxSeconds: 60, maxCostMicros: 1_000_000 },
  });
  expect(run).toMatchObject({ status: 'failed', errorCode: 'limit_steps' });
  const before = await money(ctx);
  expect(before.calls).toBe(2);
  // The same limit stops it again, at once: no step of the first run is repeated for that.
  const again = await rested(ctx, (await retryRun(ctx, { runId: run.id })).id);
  expect(again).toMatchObject({ status: 'failed', rerunOf: run.id, resumedFrom: 'model-2', costMicros: 0 });
  expect(own(again)).toEqual([]);
  expect(await money(ctx)).toEqual(before);
});

test('a cancelled run is taken up again: finished steps are kept, ledger, spans and runs agree', async () => {
  const { ctx, run: waiting } = await runScript(
    `call calculator {"expression": "6 * 7"}\n---\ncall ask_human {"question": "Go on?"}\n---\nsay Done.`,
  );
  await cancelRun(ctx, { runId: waiting.id });
  const next = await rested(ctx, (await retryRun(ctx, { runId: waiting.id })).id);
  expect(next.status).toBe('waiting');
  expect(taken(next).map(([key]) => key)).toEqual(['model-0', 'tool-0-0', 'model-1']);
  await decideApproval(ctx, { approvalId: next.approvals[0]?.id ?? '', decision: { type: 'answer', answer: 'yes' } });
  for await (const { event } of watchRun(ctx, { runId: next.id }, AbortSignal.timeout(20_000)))
    if (event.type === 'end') break;
  const ended = await getRun(ctx, { runId: next.id });
  expect(ended).toMatchObject({ status: 'completed', output: 'Done.', resumedFrom: 'tool-1-0' });
  expect(own(ended)).toEqual(['tool-1-0', 'model-2']);
  const { ledger, spans, runs, calls } = await money(ctx);
  expect(calls).toBe(3);
  expect([spans, runs]).toEqual([ledger, ledger]);
  expect(ledger).toBeGreaterThan(0);
  // Who answered is not asked again.
  const last = await rested(ctx, (await rerun(ctx, { runId: ended.id, fromStep: 'model-2' })).id);
  expect(last).toMatchObject({ status: 'completed', approvals: [] });
  expect(own(last)).toEqual(['model-2']);
});

test('an edited result of a tool is what the model reads', async () => {
  const { ctx, run } = await runScript(TWO_TOOLS);
  const edited = await rerun(ctx, {
    runId: run.id,
    fromStep: 'tool-0-0',
    result: { output: { value: 'forty-two' }, isError: false },
  });
  const next = await rested(ctx, edited.id);
  expect(next).toMatchObject({ status: 'completed', rerunOf: run.id, resumedFrom: 'tool-0-0' });
  expect(taken(next)).toEqual([
    ['model-0', 'unchanged'],
    ['tool-0-0', 'edited'],
  ]);
  expect(own(next)).toEqual(['model-1', 'tool-1-0', 'model-2']);
  const seq = next.spans.find(({ stepKey }) => stepKey === 'model-1')?.seq ?? 0;
  expect(JSON.stringify((await getSpan(ctx, { runId: next.id, seq })).input)).toContain('forty-two');
  expect(JSON.stringify((await getSpan(ctx, { runId: run.id, seq: run.spans[1]?.seq ?? 0 })).output)).toContain('42');
  const [entry] = (await listAudit(ctx, { query: 'run.rerun', limit: 10 })).items;
  expect(JSON.stringify(entry)).toMatch(/42.*forty-two|forty-two.*42/);
  const { steps } = await compareRuns(ctx, { a: run.id, b: next.id });
  expect(steps.map(({ stepKey, change }) => [stepKey, change])).toEqual([
    ['model-0', 'same'],
    ['tool-0-0', 'changed'],
    ['model-1', 'same'],
    ['tool-1-0', 'same'],
    ['model-2', 'same'],
  ]);
});

test('an edited answer of the model is acted on; one without calls ends the run', async () => {
  const { ctx, run } = await runScript(TWO_TOOLS);
  const toolCalls = [{ name: 'calculator', input: { expression: '2 + 3' } }];
  const next = await rested(
    ctx,
    (await rerun(ctx, { runId: run.id, fromStep: 'model-0', answer: { content: '', toolCalls } })).id,
  );
  expect(next.status).toBe('completed');
  expect(own(next)[0]).toBe('tool-0-0');
  const output = (await getSpan(ctx, { runId: next.id, seq: next.spans[1]?.seq ?? 0 })).output;
  expect(JSON.stringify(output)).toContain('5');
  const said = await rerun(ctx, { runId: run.id, fromStep: 'model-1', answer: { content: 'Enough.', toolCalls: [] } });
  const ended = await rested(ctx, said.id);
  expect(ended).toMatchObject({ status: 'completed', output: 'Enough.', outputPreview: 'Enough.', costMicros: 0 });
  expect(own(ended)).toEqual([]);
});

test('edits that do not fit are refused, with what would', async () => {
  const { ctx, run } = await runScript(TWO_TOOLS);
  const refusal = (input: Partial<RerunRunInput>) =>
    rerun(ctx, { runId: run.id, ...input }).then(String, (error) => error.message);
  const call = (name: string, input: Record<string, string>) => ({ content: '', toolCalls: [{ name, input }] });
  expect(await refusal({ fromStep: 'model-9' })).toMatch(/no step model-9.*model-0/);
  expect(await refusal({ fromStep: 'model-0', answer: call('launch', {}) })).toMatch(/no tool launch.*calculator/);
  expect(await refusal({ fromStep: 'model-0', answer: call('calculator', {}) })).toMatch(/arguments of calculator/);
  expect(await refusal({ fromStep: 'model-0', answer: { content: ' ', toolCalls: [] } })).toMatch(/empty/);
  expect(await refusal({ fromStep: 'model-0', result: { output: 1, isError: false } })).toMatch(
    /model step has an `answer`/,
  );
  expect(await refusal({ fromStep: 'tool-0-0', answer: call('calculator', {}) })).toMatch(/tool step has a `result`/);
  expect(await refusal({ fromStep: 'tool-0-0', input: 'other' })).toMatch(/only from the beginning/);
  expect(await refusal({ result: { output: 1, isError: false } })).toMatch(/which step/);
  expect(await refusal({ variables: { nobody: 'x' } })).toMatch(/no variable nobody/);
  await expect(retryRun(ctx, { runId: run.id })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  await expect(forkRun(ctx, { runId: run.id })).rejects.toMatchObject({ code: 'INVALID' });
  await expect(forkRun(ctx, { runId: run.id, version: 7 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(forkRun(ctx, { runId: run.id, model: 'sandbox/none' })).rejects.toMatchObject({ code: 'INVALID' });
});

test('a fork runs the same input with the draft or another model, and both runs know of each other', async () => {
  const { ctx, agent, run } = await runScript('say Hello.');
  const spec = { ...agent.draft, instructions: 'Changed.' };
  await saveDraft(ctx, {
    agentId: agent.id,
    revision: agent.draftRevision,
    name: 'Forked',
    description: '',
    tags: [],
    spec,
  });
  const draft = await rested(ctx, (await forkRun(ctx, { runId: run.id, version: 'draft' })).id);
  expect(draft).toMatchObject({ status: 'completed', version: null, rerunOf: run.id, input: run.input });
  const seq = draft.spans[0]?.seq ?? 0;
  expect(JSON.stringify((await getSpan(ctx, { runId: draft.id, seq })).input)).toContain('Changed.');
  const other = await rested(ctx, (await forkRun(ctx, { runId: run.id, model: 'sandbox/assistant' })).id);
  expect(other).toMatchObject({ status: 'completed', model: 'sandbox/assistant', version: run.version });
  const lineage = await getLineage(ctx, { runId: run.id });
  expect(lineage.reruns.map(({ id }) => id)).toEqual([other.id, draft.id]);
  expect((await getLineage(ctx, { runId: draft.id })).of?.id).toBe(run.id);
});

test('a re-run of a message has the past of its conversation, and so has what follows it', async () => {
  const { ctx, agent, run } = await runScript('say I am Bo.');
  const say = (input: string, conversationId: string) =>
    startRun(ctx, StartRunInput.parse({ agentId: agent.id, input, conversationId }), 'app');
  const second = await rested(ctx, (await say('#script\nsay Bo.', run.conversationId)).id);
  const again = await rested(ctx, (await rerun(ctx, { runId: second.id })).id);
  const third = await rested(ctx, (await say('#script\nsay Still Bo.', again.conversationId)).id);
  const heard = async ({ id, spans }: Run) => {
    const { input } = await getSpan(ctx, { runId: id, seq: spans[0]?.seq ?? 0 });
    return (input as { messages: { role: string; content: string }[] }).messages
      .filter(({ role }) => role === 'assistant')
      .map(({ content }) => content);
  };
  expect(await heard(again)).toEqual(['I am Bo.']);
  expect(await heard(third)).toEqual(['I am Bo.', 'Bo.']);
});

test('who may only read can repair nothing', async () => {
  const { ctx, run } = await runScript('say Hello.');
  const viewer = await makeMember(ctx, 'viewer');
  await expect(rerun(viewer, { runId: run.id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(retryRun(viewer, { runId: run.id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(forkRun(viewer, { runId: run.id, version: 'draft' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(isEnded((await getRun(viewer, { runId: run.id })).status)).toBe(true);
});
