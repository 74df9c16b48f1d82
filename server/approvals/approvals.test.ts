import { and, desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { auditEntries } from '@/db/schema/governance';
import type { AgentTool } from '@/lib/contracts/agents';
import { type ApprovalRule, type Decision, ListApprovalsInput } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import { isEnded, type Run, StartRunInput } from '@/lib/contracts/runs';
import { authenticateApiKey, createApiKey } from '../api-keys/service';
import { type OrgContext, withTenant } from '../context';
import { mailsTo } from '../people/testing/mailbox';
import { rerunRun } from '../runs/repair';
import { cancelRun, getRun, getSpan, startRun } from '../runs/service';
import { waitForRun, watchRun } from '../runs/watch';
import { addMember, makeAgent, makeMember, makeOrganization, makeUser } from '../testing/factories';
import { makeRunner } from '../testing/runner';
import { REQUEST } from '../testing/scene';
import { decideApproval } from './decide';
import { countApprovals, getApproval, listApprovals } from './service';

let runner: ReturnType<typeof makeRunner>;
beforeAll(async () => {
  runner = makeRunner();
  await runner.start();
});
afterAll(() => runner.stop());

const soon = () => AbortSignal.timeout(20_000);
const SIX_BY_SEVEN = 'call calculator {"expression": "6 * 7"}\n---\nsay Done.';

const asking = (rule: Partial<ApprovalRule> = {}, name: AgentTool['name'] = 'calculator'): AgentTool => ({
  name,
  approval: { mode: 'ask', notByStarter: false, ...rule },
});

/** Starts a run whose model follows a script, and waits until it rests. */
async function startScript(ctx: OrgContext, script: string, tools: AgentTool[]): Promise<Run> {
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools });
  const input = StartRunInput.parse({ agentId: agent.id, input: `#script\n${script}` });
  const { id } = await startRun(ctx, input, 'app');
  await waitForRun(ctx, id, soon());
  return getRun(ctx, { runId: id });
}

async function ended(ctx: OrgContext, runId: string): Promise<Run> {
  for await (const { event } of watchRun(ctx, { runId }, soon())) if (event.type === 'end') break;
  const run = await getRun(ctx, { runId });
  expect(isEnded(run.status)).toBe(true);
  return run;
}

const decide = (ctx: OrgContext, run: Run, decision: Decision, at = 0) =>
  decideApproval(ctx, { approvalId: run.approvals[at]?.id ?? '', decision });

/** What the tool call gave, and what the last model call was told. */
async function told(ctx: OrgContext, run: Run) {
  const last = run.spans.at(-1)?.seq ?? 0;
  const { input } = await getSpan(ctx, { runId: run.id, seq: last });
  const { messages } = input as { messages: { role: string; output?: unknown; isError?: boolean }[] };
  return messages.filter(({ role }) => role === 'tool');
}

async function programOf(maker: OrgContext, name: string): Promise<OrgContext> {
  const { token } = await createApiKey(maker, { name, scopes: ['approvals:read', 'approvals:answer'] });
  return authenticateApiKey(token, REQUEST);
}

const latestAudit = (ctx: OrgContext, id: string) =>
  withTenant(ctx, ({ db }) =>
    db
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.orgId, ctx.org.id), eq(auditEntries.resourceId, id)))
      .orderBy(desc(auditEntries.id)),
  );

test('a tool call that needs consent waits, and runs when it is approved', async () => {
  const ctx = await makeOrganization();
  const run = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  expect(run.status).toBe('waiting');
  expect(run.spans.map(({ kind, status }) => [kind, status])).toEqual([
    ['model', 'completed'],
    ['human', 'waiting'],
  ]);
  expect(run.approvals).toMatchObject([
    {
      kind: 'tool',
      tool: 'calculator',
      proposed: { expression: '6 * 7' },
      agentName: 'Test agent',
      startedByName: 'Owner',
      step: 1,
      status: 'open',
      mayDecide: true,
    },
  ]);
  expect(await countApprovals(ctx)).toEqual({ count: 1 });
  expect(await decide(ctx, run, { type: 'approve' })).toMatchObject({ status: 'approved', edited: null });
  const done = await ended(ctx, run.id);
  expect(done).toMatchObject({ status: 'completed', output: 'Done.' });
  expect(done.spans.map(({ kind }) => kind)).toEqual(['model', 'human', 'tool', 'model']);
  expect(await told(ctx, done)).toMatchObject([{ output: { result: '42' }, isError: false }]);
  expect(await countApprovals(ctx)).toEqual({ count: 0 });
});

test('edited arguments are what runs, what the model is told, and what the audit trail keeps beside the proposal', async () => {
  const ctx = await makeOrganization();
  const run = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  const edited = { expression: '6 * 8' };
  await decide(ctx, run, { type: 'approve', arguments: edited });
  const done = await ended(ctx, run.id);
  const tool = done.spans.find(({ kind }) => kind === 'tool');
  const payload = await getSpan(ctx, { runId: run.id, seq: tool?.seq ?? 0 });
  expect(payload).toMatchObject({ input: edited, output: { edited: { by: 'Owner', arguments: edited } } });
  expect(await told(ctx, done)).toMatchObject([
    { output: { arguments: edited, result: { result: '48' }, note: expect.stringContaining('Owner') } },
  ]);
  const [entry] = await latestAudit(ctx, run.approvals[0]?.id ?? '');
  expect(entry).toMatchObject({
    action: 'approval.approve',
    actorId: ctx.actor.id,
    before: { arguments: { expression: '6 * 7' } },
    after: { arguments: edited },
  });
});

test('arguments that the tool does not take, and decisions of the other kind, are refused and leave it open', async () => {
  const ctx = await makeOrganization();
  const run = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  const bad: JsonValue[] = [{ expression: 7 }, {}, [], 'text', null, { expression: '' }];
  for (const wrong of bad) {
    await expect(decide(ctx, run, { type: 'approve', arguments: wrong })).rejects.toMatchObject({ code: 'INVALID' });
  }
  await expect(decide(ctx, run, { type: 'answer', answer: 'yes' })).rejects.toMatchObject({ code: 'INVALID' });
  expect((await getRun(ctx, { runId: run.id })).approvals).toMatchObject([{ status: 'open', decidedByName: null }]);
});

test('a denied call is not run, and the model reads who denied it and why', async () => {
  const ctx = await makeOrganization();
  const run = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  await decide(ctx, run, { type: 'deny', reason: 'Not on a Friday.' });
  const done = await ended(ctx, run.id);
  expect(done.status).toBe('completed');
  expect(done.spans.find(({ kind }) => kind === 'tool')).toMatchObject({ status: 'failed', errorCode: 'tool_denied' });
  const [result] = await told(ctx, done);
  expect(result?.isError).toBe(true);
  expect(JSON.stringify(result?.output)).toMatch(/Owner denied.*Not on a Friday\./);
});

test('a tool that is never allowed asks nobody; nor does a call that cannot be run', async () => {
  const ctx = await makeOrganization();
  const denied = await startScript(ctx, SIX_BY_SEVEN, [asking({ mode: 'deny' })]);
  expect(denied).toMatchObject({ status: 'completed', approvals: [] });
  expect(JSON.stringify(await told(ctx, denied))).toContain('not allowed');
  const wrong = await startScript(ctx, 'call calculator {"wrong": 1}\n---\nsay Oh.', [asking()]);
  expect(wrong).toMatchObject({ status: 'completed', approvals: [] });
  const unoffered = await startScript(ctx, 'call ask_human {"question": "May I?"}\n---\nsay Oh.', []);
  expect(unoffered).toMatchObject({ status: 'completed', approvals: [] });
});

test('what nobody decides in time is denied, and the wait is no time at work', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, {
    model: 'sandbox/scripted',
    tools: [asking({ deadlineSeconds: 3 }), asking({ deadlineSeconds: 3 }, 'ask_human')],
    limits: { maxSteps: 5, maxSeconds: 2, maxCostMicros: 1_000_000 },
  });
  const script = '#script\ncall calculator {"expression": "1"}\ncall ask_human {"question": "Well?"}\n---\nsay Alone.';
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: script }), 'app');
  const done = await ended(ctx, id);
  expect(done).toMatchObject({ status: 'completed', output: 'Alone.' });
  expect(done.approvals.map(({ status }) => status)).toEqual(['expired', 'expired']);
  const results = await told(ctx, done);
  expect(JSON.stringify(results[0]?.output)).toContain('Nobody approved');
  expect(JSON.stringify(results[1]?.output)).toContain('Nobody answered');
  await expect(decide(ctx, done, { type: 'approve' })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a question may be declined', async () => {
  const ctx = await makeOrganization();
  const run = await startScript(ctx, 'call ask_human {"question": "Salary?"}\n---\nsay Fine.', [{ name: 'ask_human' }]);
  await decide(ctx, run, { type: 'deny', reason: 'Private.' });
  const done = await ended(ctx, run.id);
  expect(JSON.stringify(await told(ctx, done))).toMatch(/does not answer.*Private\./);
});

test('of many who decide at once one does, and the others are told who', async () => {
  const ctx = await makeOrganization();
  const people = await Promise.all(Array.from({ length: 6 }, () => makeMember(ctx, 'developer')));
  const run = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  const decisions: Decision[] = [{ type: 'approve' }, { type: 'deny', reason: '' }];
  const outcomes = await Promise.allSettled(
    people.map((person, i) => decide(person, run, decisions[i % 2] ?? { type: 'approve' })),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^developer has/) });
    }
  }
  expect((await ended(ctx, run.id)).status).toBe('completed');
  const decided = await latestAudit(ctx, run.approvals[0]?.id ?? '');
  expect(decided.filter(({ action }) => /approve$|deny$/.test(action))).toHaveLength(1);
});

test('only those decide who may: by permission, by the rule of the tool, and not through a key of the starter', async () => {
  const ctx = await makeOrganization();
  const admin = await makeMember(ctx, 'org_admin');
  const developer = await makeMember(ctx, 'developer');
  const viewer = await makeMember(ctx, 'viewer');
  const forbidden = { code: 'FORBIDDEN' };
  const adminsOnly = await startScript(ctx, SIX_BY_SEVEN, [asking({ decider: { type: 'role', role: 'org_admin' } })]);
  expect(await countApprovals(developer)).toEqual({ count: 0 });
  expect(await countApprovals(admin)).toEqual({ count: 1 });
  await expect(decide(viewer, adminsOnly, { type: 'approve' })).rejects.toMatchObject(forbidden);
  await expect(decide(developer, adminsOnly, { type: 'approve' })).rejects.toMatchObject(forbidden);
  expect(await decide(admin, adminsOnly, { type: 'approve' })).toMatchObject({ status: 'approved' });

  const decider = { type: 'member', userId: developer.actor.id } as const;
  const one = await startScript(ctx, SIX_BY_SEVEN, [asking({ decider })]);
  await expect(decide(ctx, one, { type: 'approve' })).rejects.toMatchObject(forbidden);
  expect(await decide(developer, one, { type: 'approve' })).toMatchObject({ status: 'approved' });

  const other = await startScript(ctx, SIX_BY_SEVEN, [asking({ notByStarter: true })]);
  await expect(decide(ctx, other, { type: 'approve' })).rejects.toMatchObject(forbidden);
  const key = await programOf(ctx, 'Mine');
  await expect(decide(key, other, { type: 'approve' })).rejects.toMatchObject(forbidden);
  expect(await decide(await programOf(admin, 'Theirs'), other, { type: 'approve' })).toMatchObject({
    decidedByName: 'Theirs',
  });
});

test('a run that is cancelled while it waits needs no decision any more', async () => {
  const ctx = await makeOrganization();
  const run = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  await cancelRun(ctx, { runId: run.id });
  await expect(decide(ctx, run, { type: 'approve' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await getApproval(ctx, { approvalId: run.approvals[0]?.id ?? '' })).toMatchObject({ status: 'cancelled' });
  expect(await countApprovals(ctx)).toEqual({ count: 0 });
});

test('a decision made while no runner is there is taken up by the next one', async () => {
  const ctx = await makeOrganization();
  const run = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  await runner.stop();
  try {
    await decide(ctx, run, { type: 'approve' });
    expect((await getRun(ctx, { runId: run.id })).status).toBe('waiting');
  } finally {
    runner = makeRunner();
    await runner.start();
  }
  expect(await ended(ctx, run.id)).toMatchObject({ status: 'completed', output: 'Done.' });
});

test('a call that is done anew in another run needs consent anew', async () => {
  const ctx = await makeOrganization();
  const first = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  await decide(ctx, first, { type: 'approve' });
  await ended(ctx, first.id);
  const { id } = await rerunRun(ctx, { runId: first.id, fromStep: 'tool-0-0' });
  await waitForRun(ctx, id, soon());
  const again = await getRun(ctx, { runId: id });
  expect(again).toMatchObject({
    status: 'waiting',
    approvals: [{ status: 'open', proposed: { expression: '6 * 7' } }],
  });
  await decide(ctx, again, { type: 'deny', reason: '' });
  const done = await ended(ctx, id);
  expect(done.spans.find(({ kind }) => kind === 'tool')?.errorCode).toBe('tool_denied');
});

test('the inbox is paged, narrowed by agent, and keeps decided ones apart', async () => {
  const ctx = await makeOrganization();
  const calls = Array.from({ length: 5 }, (_, i) => `call calculator {"expression": "${i}"}`).join('\n');
  const { id: runId } = await startScript(ctx, `${calls}\n---\nsay Done.`, [asking()]);
  const other = await startScript(ctx, SIX_BY_SEVEN, [asking()]);
  const list = (input: object) => listApprovals(ctx, ListApprovalsInput.parse(input));
  await expect.poll(async () => (await list({})).items.length).toBe(6);
  const first = await list({ limit: 4 });
  const rest = await list({ limit: 4, cursor: first.nextCursor ?? undefined });
  const ids = [...first.items, ...rest.items].map(({ id }) => id);
  expect(ids).toHaveLength(6);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(rest.nextCursor).toBeNull();
  expect((await list({ agentId: other.agentId })).items).toHaveLength(1);
  const run = await getRun(ctx, { runId });
  await decide(ctx, run, { type: 'approve' }, 2);
  expect((await list({})).items).toHaveLength(5);
  expect((await list({ state: 'decided' })).items).toMatchObject([{ id: run.approvals[2]?.id, status: 'approved' }]);
  await cancelRun(ctx, { runId: run.id });
});

test('those who may decide are told by mail, once, with a link to the card', async () => {
  const ctx = await makeOrganization();
  const [admin, viewer, starter] = await Promise.all([makeUser('Admin'), makeUser('Viewer'), makeUser('Starter')]);
  await addMember(ctx, admin.id, 'org_admin');
  await addMember(ctx, viewer.id, 'viewer');
  await addMember(ctx, starter.id, 'developer');
  const session = { type: 'user', id: starter.id, name: starter.name, sessionId: newId() } as const;
  const agentOf = { ...ctx, actor: session };
  const run = await startScript(agentOf, SIX_BY_SEVEN, [asking({ notByStarter: true })]);
  const [mail, ...more] = await mailsTo(admin.email);
  expect(mail).toMatchObject({ subject: 'Test agent asks to use Calculator' });
  expect(mail?.paragraphs.join('\n')).toContain('6 * 7');
  expect(mail?.action?.url).toContain(`/${ctx.org.slug}/approvals/${run.approvals[0]?.id}`);
  expect(more).toEqual([]);
  expect(await mailsTo(viewer.email)).toEqual([]);
  expect(await mailsTo(starter.email)).toEqual([]);
});
