import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { POST as send } from '@/app/api/s/[token]/messages/route';
import { GET as watch } from '@/app/api/s/[token]/runs/[runId]/events/route';
import { AgentSpec, blankSpec } from '@/lib/contracts/agents';
import { SayInput } from '@/lib/contracts/public-links';
import { archiveAgent, changeVisibility } from '@/server/agents/service';
import { listApprovals } from '@/server/approvals/service';
import { listBudgets } from '@/server/budgets/service';
import { type OrgContext, withTenant } from '@/server/context';
import { changePublicLink, makePublicLink, readConversation, say, type Visit } from '@/server/public-links/service';
import { getRun } from '@/server/runs/service';
import { waitForRun } from '@/server/runs/watch';
import { makeAgent, makeOrganization } from '@/server/testing/factories';
import { keepRunner } from '@/server/testing/runner';

keepRunner();

const SECRET = 'instructions-nobody-sees';
const soon = () => AbortSignal.timeout(20_000);
const script = (...turns: string[]) => `#script\n${turns.join('\n---\n')}`;

async function makeLinked(patch: Partial<AgentSpec> = {}, limits: object = {}) {
  const ctx = await makeOrganization();
  const tools = [{ name: 'calculator' }, { name: 'ask_human' }];
  const spec = AgentSpec.parse({ ...blankSpec('sandbox/scripted'), instructions: SECRET, tools, ...patch });
  const agent = await makeAgent(ctx, spec);
  const { url } = await makePublicLink(ctx, { agentId: agent.id, ...limits });
  return { ctx, agentId: agent.id, token: url.slice(-64) };
}
const visit = (token: string, sealed?: string): Visit => ({
  token,
  sealed,
  request: { id: 'test', ip: null, userAgent: null },
});

/** Over HTTP, as a browser does it. */
async function ask(token: string, input: string, cookie = '') {
  const headers = { 'content-type': 'application/json', cookie };
  const request = new Request(`http://localhost/api/s/${token}/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ input }),
  });
  const response = await send(request, { params: Promise.resolve({ token }) });
  const set = response.headers.get('set-cookie') ?? '';
  return { status: response.status, set, cookie: set.split(';')[0] ?? '', body: await response.json() };
}

async function events(token: string, runId: string, cookie: string): Promise<Response> {
  const request = new Request(`http://localhost/api/s/${token}/runs/${runId}/events`, { headers: { cookie } });
  return watch(request, { params: Promise.resolve({ token, runId }) });
}

test('a visitor is answered by the engine, and told nothing but the answer', async () => {
  const { ctx, token } = await makeLinked();
  const asked = await ask(token, script('call calculator {"expression":"6 * 7"}', 'say It is 42.'));
  expect(asked.status).toBe(201);
  expect(asked.set).toMatch(
    /^muster_visitor=[\w.-]+; Path=\/api\/s\/[\w-]{64}; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
  );
  const stream = await events(token, asked.body.runId, asked.cookie);
  expect(stream.headers.get('x-robots-tag')).toContain('noindex');
  const told = await stream.text();
  expect(told).toContain('"status":"answered","answer":"It is 42."');
  expect(told).toMatch(/event: end/);
  const run = await getRun(ctx, { runId: asked.body.runId });
  expect(run).toMatchObject({ status: 'completed', trigger: 'link', actorName: 'Public link' });
  expect(run.spans.map(({ name }) => name)).toContain('calculator');
  for (const secret of [SECRET, 'calculator', '6 * 7', 'costMicros', 'tokens', 'sandbox/', ctx.org.id]) {
    expect([secret, told.includes(secret)]).toEqual([secret, false]);
  }
  const other = await ask(token, script('say Hello.'));
  expect((await events(token, asked.body.runId, other.cookie)).status).toBe(404);
  expect((await events(token, asked.body.runId, '')).status).toBe(404);
});

test('a failure is told as one, without what is inside of it', async () => {
  const { ctx, token } = await makeLinked();
  const { runId, sealed } = await say(visit(token), SayInput.parse({ input: script('fail 400 - the-inside-of-it') }));
  await waitForRun(ctx, runId, soon());
  const turns = await readConversation(visit(token, sealed), runId);
  expect(turns).toMatchObject([{ status: 'failed', problem: 'broken' }]);
  expect(JSON.stringify(turns.map(({ answer, problem, status }) => [answer, problem, status]))).not.toContain('inside');
});

test('what needs a person goes to the inbox of the organization, and the visitor waits', async () => {
  const { ctx, token } = await makeLinked();
  const input = script('call ask_human {"question":"May I?"}', 'say Thanks.');
  const { runId, sealed } = await say(visit(token), SayInput.parse({ input }));
  await waitForRun(ctx, runId, soon());
  expect(await readConversation(visit(token, sealed), runId)).toMatchObject([{ status: 'waiting', answer: null }]);
  const { items } = await listApprovals(ctx, { state: 'open', limit: 5 });
  expect(items).toMatchObject([{ runId, startedByName: 'A visitor', question: 'May I?', mayDecide: true }]);
});

test.each<[string, (ctx: OrgContext, agentId: string) => Promise<unknown>]>([
  ['turned off', (ctx, agentId) => changePublicLink(ctx, { agentId, enabled: false })],
  ['archived', (ctx, agentId) => archiveAgent(ctx, { agentId })],
  ['made private', (ctx, agentId) => changeVisibility(ctx, { agentId, visibility: 'private' })],
  [
    'over',
    (ctx, agentId) =>
      withTenant(ctx, ({ db }) =>
        db.execute(sql`update public_links set expires_at = now() where agent_id = ${agentId}`),
      ),
  ],
])('a run under way does not go on when its link is %s', async (_, end) => {
  const { ctx, agentId, token } = await makeLinked();
  const asked = await ask(token, script('wait 800\ncall calculator {"expression":"1"}', 'say Done.'));
  const { runId } = asked.body;
  const stream = await events(token, runId, asked.cookie);
  await end(ctx, agentId);
  await waitForRun(ctx, runId, soon());
  const run = await getRun(ctx, { runId });
  expect(['permission_lost', null]).toContain(run.errorCode);
  expect(['failed', 'cancelled']).toContain(run.status);
  expect(run.output).not.toBe('Done.');
  expect(await stream.text()).not.toContain('Done.');
  expect((await events(token, runId, asked.cookie)).status).toBe(404);
});

test('its daily limit is never exceeded, however many ask at once', async () => {
  const LIMIT = 100_000;
  const parameters = { maxOutputTokens: 50_000 };
  const { ctx, token } = await makeLinked({ parameters }, { dailyLimitMicros: LIMIT });
  const input = script('usage 10 50000\nwait 20\nsay Done.');
  const asked = await Promise.allSettled(
    Array.from({ length: 30 }, () => say(visit(token), SayInput.parse({ input }))),
  );
  const runs = [];
  for (const one of asked) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    else {
      await waitForRun(ctx, one.value.runId, soon());
      const { status, errorCode } = await getRun(ctx, { runId: one.value.runId });
      const turns = await readConversation(visit(token, one.value.sealed), one.value.runId);
      runs.push({ status, errorCode, problem: turns[0]?.problem });
    }
  }
  const [budget] = await listBudgets(ctx);
  expect(budget).toMatchObject({ scope: 'link', reservedMicros: 0 });
  expect(budget?.spentMicros).toBeLessThanOrEqual(LIMIT);
  expect(budget?.spentMicros).toBeGreaterThan(LIMIT - 25_000);
  expect(runs.filter(({ status }) => status === 'completed').length).toBeGreaterThanOrEqual(4);
  for (const run of runs.filter(({ status }) => status === 'failed')) {
    expect(run).toEqual({ status: 'failed', errorCode: 'budget_exceeded', problem: 'exhausted' });
  }
}, 60_000);
