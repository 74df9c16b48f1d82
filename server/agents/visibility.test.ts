import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import { artifacts } from '@/db/schema/artifacts';
import { listApprovals, openApproval } from '../approvals/service';
import { listArtifacts } from '../artifacts/service';
import { listAudit } from '../audit/service';
import { asSystem, type OrgContext, withTenant } from '../context';
import { getSpend } from '../ledger/service';
import { call } from '../ledger/testing/call';
import { compareRuns } from '../runs/compare';
import * as runs from '../runs/service';
import { openSpan } from '../runs/span-begin';
import { watchRun } from '../runs/watch';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import * as agents from './service';

beforeAll(setSilentRunner);

const NOT_FOUND = { code: 'NOT_FOUND' };
const SECRET = 'the merger of Acme and Globex';
const page = { status: [], trigger: [], query: '', limit: 50 };

/** A private agent of a developer with a run that has something in every table that hangs on it. */
async function makePrivate() {
  const admin = await makeOrganization();
  const mine = await makeMember(admin, 'developer');
  const other = await makeMember(admin, 'developer');
  const agent = await makeAgent(mine);
  const run = await runs.startRun(mine, { agentId: agent.id, input: SECRET, variables: {} }, 'app');
  await withTenant(mine, async (tx) => {
    const queuedAt = new Date();
    await openSpan(tx, { runId: run.id, stepKey: 'model-0', kind: 'model', name: 'm', status: 'running', queuedAt });
    const content = Buffer.from(SECRET);
    const file = { name: 'a.txt', contentType: 'text/plain', bytes: content.length, sha256: '', content };
    await tx.db.insert(artifacts).values({ orgId: tx.org.id, runId: run.id, ...file });
    await tx.db.execute(sql`
      insert into approvals (org_id, id, run_id, agent_id, step_key, kind, tool, tool_description, proposed, step, started_by, expires_at)
      values (${tx.org.id}, ${newId()}, ${run.id}, ${agent.id}, 'x', 'question', 'ask_human', '', '{}', 0, ${newId()}, now() + interval '1 day')`);
  });
  await agents.changeVisibility(mine, { agentId: agent.id, visibility: 'private' });
  return { admin, mine, other, agentId: agent.id, runId: run.id };
}

/** Everything that hangs on the agent, by each way to it. */
const ways = (agentId: string, runId: string): Record<string, (ctx: OrgContext) => Promise<unknown>> => ({
  'the agent': (ctx) => agents.getAgent(ctx, { agentId }),
  'its versions': (ctx) => agents.listVersions(ctx, { agentId, limit: 10 }),
  'a version': (ctx) => agents.getVersion(ctx, { agentId, version: 1 }),
  'its file': (ctx) => agents.exportAgents(ctx, { agentIds: [agentId], version: 'draft' }),
  'its access': (ctx) => agents.getAccess(ctx, { agentId }),
  'a copy': (ctx) => agents.duplicateAgent(ctx, { agentId }),
  'a run': (ctx) => runs.startRun(ctx, { agentId, input: 'Hi', variables: {} }, 'app'),
  'its run': (ctx) => runs.getRun(ctx, { runId }),
  'the result': (ctx) => runs.getRunResult(ctx, { runId }),
  'a span': (ctx) => runs.getSpan(ctx, { runId, seq: 1 }),
  'the comparison': (ctx) => compareRuns(ctx, { a: runId, b: runId }),
  'the watch': (ctx) => watchRun(ctx, { runId }, new AbortController().signal).next(),
});

test('a private agent and all that hangs on it is there for its owner and admins, and for nobody else', async () => {
  const { admin, mine, other, agentId, runId } = await makePrivate();
  const key: OrgContext = { ...mine, actor: { type: 'apiKey', id: newId(), name: 'key' } };
  for (const [what, way] of Object.entries(ways(agentId, runId))) {
    for (const ctx of [other, key]) {
      await expect(way(ctx), what).rejects.toMatchObject(NOT_FOUND);
      await expect(ways(newId(), newId())[what]?.(ctx), what).rejects.toMatchObject(NOT_FOUND);
    }
    for (const ctx of [mine, admin]) expect(await way(ctx), what).toBeDefined();
  }
  const lists = async (ctx: OrgContext) => ({
    agents: (await agents.listAgents(ctx, { query: '', status: ['active'], limit: 50 })).items.length,
    runs: (await runs.listRuns(ctx, page)).items.length,
    found: (await runs.listRuns(ctx, { ...page, query: 'Globex' })).items.length,
    conversation: (await runs.listRuns(ctx, { ...page, conversationId: runId })).items.length,
    fresh: (await runs.countNewRuns(ctx, { ...page, since: '00000000-0000-7000-8000-000000000000' })).count,
    recent: (await runs.overview(ctx)).recent.length,
    approvals: (await listApprovals(ctx, { state: 'open', limit: 10 })).items.length,
  });
  expect(await lists(mine)).toMatchObject({ agents: 1, found: 1, conversation: 1, approvals: 1 });
  const nothing = { agents: 0, runs: 0, found: 0, conversation: 0, fresh: 0, recent: 0, approvals: 0 };
  // Others see neither the agent nor the copies that its owner and the admin made of it.
  expect(await lists(other)).toEqual(nothing);
  expect(await lists(key)).toEqual(nothing);
  expect(await listArtifacts(mine, { runId })).toHaveLength(1);
  expect(await listArtifacts(other, { runId })).toEqual([]);
});

test('the database keeps the rows back whatever is asked, to read, to change and to delete', async () => {
  const { mine, other, agentId, runId } = await makePrivate();
  const tables = { agents: 'id', agent_versions: 'agent_id', runs: 'agent_id', approvals: 'agent_id' };
  const ofRun = ['run_payloads', 'spans', 'span_payloads', 'artifacts', 'approvals'].map((name) => [name, 'run_id']);
  for (const [table, column] of [...Object.entries(tables), ...ofRun] as [string, string][]) {
    const id = column === 'run_id' ? runId : agentId;
    const where = sql`from ${sql.identifier(table)} where ${sql.identifier(column)} = ${id}`;
    const count = (ctx: OrgContext, statement: typeof where) =>
      withTenant(ctx, async ({ db }) => (await db.execute(statement)).count);
    expect([table, (await count(mine, sql`select ${where}`)) > 0]).toEqual([table, true]);
    expect([table, await count(other, sql`select ${where}`)]).toEqual([table, 0]);
    expect([table, await count(other, sql`delete ${where}`)]).toEqual([table, 0]);
    const update = sql`update ${sql.identifier(table)} set org_id = org_id`;
    expect([table, await count(other, update)]).toEqual([table, 0]);
  }
  const [left] = await asSystem((db) =>
    db.execute<{ n: number }>(sql`select count(*)::int as n from run_payloads where run_id = ${runId}`),
  );
  expect(left?.n).toBe(1);
});

test('only its owner and admins choose who sees an agent; an admin takes it over; the trail tells', async () => {
  const { admin, mine, other, agentId } = await makePrivate();
  await agents.changeVisibility(mine, { agentId, visibility: 'organization' });
  const change = agents.changeVisibility(other, { agentId, visibility: 'private' });
  await expect(change).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(agents.takeOver(other, { agentId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await agents.getAccess(other, { agentId })).toMatchObject({
    visibility: 'organization',
    owner: { id: mine.actor.id },
    mayChange: false,
    mayTakeOver: false,
  });
  await agents.changeVisibility(admin, { agentId, visibility: 'private' });
  expect(await agents.getAccess(mine, { agentId })).toMatchObject({ mayChange: true });
  await agents.takeOver(admin, { agentId });
  await expect(agents.getAgent(mine, { agentId })).rejects.toMatchObject(NOT_FOUND);
  await expect(agents.takeOver(admin, { agentId })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  const { items } = await listAudit(admin, { query: agentId, limit: 10 });
  expect(items.slice(0, 3)).toMatchObject([
    { action: 'agent.take_over', before: { ownerId: mine.actor.id }, after: { ownerId: admin.actor.id } },
    { action: 'agent.change_visibility', before: { visibility: 'organization' }, after: { visibility: 'private' } },
    { action: 'agent.change_visibility', before: { visibility: 'private' }, after: { visibility: 'organization' } },
  ]);
});

test('an agent of the organization is listed in every workspace, others only in their own', async () => {
  const { mine, other, agentId } = await makePrivate();
  const [{ workspaceId } = { workspaceId: '' }] = (
    await agents.listAgents(mine, { query: '', status: ['active'], limit: 50 })
  ).items;
  const elsewhere = newId();
  const listed = async (at: string) =>
    (await agents.listAgents(other, { query: '', status: ['active'], workspaceId: at, limit: 50 })).items.length;
  await agents.changeVisibility(mine, { agentId, visibility: 'workspace' });
  expect([await listed(workspaceId), await listed(elsewhere)]).toEqual([1, 0]);
  await agents.changeVisibility(mine, { agentId, visibility: 'organization' });
  expect([await listed(workspaceId), await listed(elsewhere)]).toEqual([1, 1]);
});

test('what a private agent cost counts for everybody who reads spend, without its name', async () => {
  const { mine, other, agentId } = await makePrivate();
  await agents.changeVisibility(mine, { agentId, visibility: 'workspace' });
  await (await call(mine, agentId, 300)).settle(200);
  await agents.changeVisibility(mine, { agentId, visibility: 'private' });
  const today = new Date().toISOString().slice(0, 10);
  const spend = await getSpend(other, { from: today, to: today });
  expect(spend.total.costMicros).toBe(200);
  expect(spend.agents).toMatchObject([{ id: agentId, name: null, costMicros: 200 }]);
});

test('an approval of a private agent is mailed to those who see it, whoever else might decide', async () => {
  const { admin, mine, other, runId } = await makePrivate();
  const stepKey = 'tool-0-0-approval';
  const asked = { kind: 'tool', tool: 'http_request', toolDescription: '', question: null, said: null } as const;
  await withTenant({ ...admin, actor: { type: 'system', id: 'engine' } }, (tx) =>
    openApproval(tx, {
      ...{ runId, stepKey, ...asked, isTainted: false, taintedBy: [], step: 1, proposed: {} },
      ...{ decider: undefined, notByStarter: false, expiresAt: new Date(Date.now() + 60_000) },
    }),
  );
  const told = await asSystem((db) =>
    db.execute<{ id: string }>(sql`
      select u.id from system.mails m join users u on u.email = m.message->>'to'
      where u.id in (${admin.actor.id}, ${mine.actor.id}, ${other.actor.id})`),
  );
  expect(told.map(({ id }) => id).sort()).toEqual([admin.actor.id, mine.actor.id].sort());
});
