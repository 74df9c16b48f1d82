import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '@/db/columns';
import type { AgentSpec } from '@/lib/contracts/agents';
import { SayInput } from '@/lib/contracts/public-links';
import * as agents from '../agents/service';
import { listAudit } from '../audit/service';
import { listBudgets } from '../budgets/service';
import { asSystem, type OrgContext, withTenant } from '../context';
import { getSpend, listLedger } from '../ledger/service';
import { getRun, getRunSummary, listRuns, startRun } from '../runs/service';
import { endRun } from '../runs/span-end';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';
import * as links from './service';
import { sealVisitor } from './token';

beforeAll(setSilentRunner);

const NOT_FOUND = { code: 'NOT_FOUND' };
const LIMITED = { code: 'LIMIT_EXCEEDED' };
/** Each visitor from a network of their own. */
const from = () => ({
  id: 'test',
  ip: `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 250)).join('.')}`,
  userAgent: null,
});
const visit = (token: string, sealed?: string): links.Visit => ({ token, sealed, request: from() });
const hello = (patch: object = {}) => SayInput.parse({ input: 'Hello', ...patch });
const tokenOf = ({ url }: { url: string }): string => url.split('/s/')[1] ?? '';
const tomorrow = () => new Date(Date.now() + 86_400_000);

async function makeLinked(spec: Partial<AgentSpec> = {}, limits: object = {}) {
  const owner = await makeOrganization();
  const member = await makeMember(owner, 'developer');
  const agent = await makeAgent(member, spec);
  const made = await links.makePublicLink(member, { agentId: agent.id, ...limits });
  return { owner, member, agentId: agent.id, link: made, token: tokenOf(made) };
}

const finish = (ctx: OrgContext, runId: string) =>
  withTenant(ctx, (tx) => endRun(tx, runId, { status: 'completed', output: 'Hi.' }));

test('a link is made once, shown once, kept as a hash, replaced, turned off and on; the trail tells', async () => {
  const { member, agentId, link, token } = await makeLinked({}, { dailyLimitMicros: 5_000_000, messagesPerHour: 9 });
  expect(token).toMatch(/^[0-9a-f]{32}[\w-]{32}$/);
  const found = await links.findPublicLink(member, { agentId });
  expect(found).toMatchObject({
    enabled: true,
    isOpen: true,
    dailyLimitMicros: 5_000_000,
    messagesPerHour: 9,
    messages: 0,
  });
  expect(JSON.stringify(found)).not.toContain(token);
  const stored = JSON.stringify(
    await asSystem((db) => db.execute(sql`select * from public_links where agent_id = ${agentId}`)),
  );
  expect(stored).not.toContain(token.slice(32));

  await links.changePublicLink(member, { agentId, enabled: false, messagesPerHour: null });
  await expect(links.openPage(token, from())).rejects.toMatchObject(NOT_FOUND);
  await links.changePublicLink(member, { agentId, enabled: true });
  expect(await links.openPage(token, from())).toMatchObject({ name: 'Test agent' });
  const next = await links.makePublicLink(member, { agentId });
  expect(next).toMatchObject({ id: link.id, dailyLimitMicros: 5_000_000, messagesPerHour: null });
  await expect(links.openPage(token, from())).rejects.toMatchObject(NOT_FOUND);
  expect(await links.openPage(tokenOf(next), from())).toMatchObject({ name: 'Test agent' });
  const owner = { ...member, permissions: ['audit:read'] };
  const { items } = await listAudit(owner, { query: 'public_link', limit: 9 });
  expect(items.map(({ action }) => action)).toEqual([
    'public_link.replace',
    'public_link.change',
    'public_link.change',
    'public_link.create',
  ]);
  expect(JSON.stringify(items)).not.toContain(token);
});

test('only what is published and not private is shared, by whoever may publish', async () => {
  const { owner, member, agentId } = await makeLinked();
  const draft = await makeAgent(member, {}, false);
  await expect(links.makePublicLink(member, { agentId: draft.id })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
  const viewer = await makeMember(owner, 'viewer');
  await expect(links.makePublicLink(viewer, { agentId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(links.changePublicLink(viewer, { agentId, enabled: false })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const past = links.makePublicLink(member, { agentId, expiresAt: new Date(0) });
  await expect(past).rejects.toMatchObject({ code: 'INVALID', fields: { expiresAt: 'Choose a time to come.' } });
  const stranger = await makeOrganization();
  for (const verb of [links.findPublicLink, links.makePublicLink, links.changePublicLink]) {
    await expect(verb(stranger, { agentId })).rejects.toMatchObject(NOT_FOUND);
  }
  await agents.changeVisibility(member, { agentId, visibility: 'private' });
  await expect(links.makePublicLink(member, { agentId })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  const other = await makeMember(owner, 'developer');
  await expect(links.findPublicLink(other, { agentId })).rejects.toMatchObject(NOT_FOUND);
});

test('a link that is off, over, replaced, of a private or archived agent, or never was: one and the same answer', async () => {
  const tokens: Record<string, string> = {};
  const one = async (what: string, spoil: (made: Awaited<ReturnType<typeof makeLinked>>) => Promise<unknown>) => {
    const made = await makeLinked();
    await spoil(made);
    tokens[what] = made.token;
  };
  await one('off', ({ member, agentId }) => links.changePublicLink(member, { agentId, enabled: false }));
  await one('over', ({ agentId }) =>
    asSystem((db) => db.execute(sql`update public_links set expires_at = now() where agent_id = ${agentId}`)),
  );
  await one('replaced', ({ member, agentId }) => links.makePublicLink(member, { agentId }));
  await one('private', ({ member, agentId }) => agents.changeVisibility(member, { agentId, visibility: 'private' }));
  await one('archived', ({ member, agentId }) => agents.archiveAgent(member, { agentId }));
  const { token: good } = await makeLinked();
  const other = await makeOrganization();
  Object.assign(tokens, {
    'another secret': good.slice(0, 32) + 'A'.repeat(32),
    'another organization': other.org.id.replaceAll('-', '') + good.slice(32),
    'no organization': '0'.repeat(32) + good.slice(32),
    shortened: good.slice(0, -1),
    lengthened: `${good}A`,
    'upper case': good.toUpperCase(),
    empty: '',
    quoted: `${good}' or '1'='1`,
    nul: `${good.slice(0, -1)}\u0000`,
  });
  for (let i = 0; i < 200; i += 1) {
    const at = Math.floor(Math.random() * good.length);
    const char = String.fromCharCode(33 + Math.floor(Math.random() * 94));
    if (char !== good[at]) tokens[`fuzz ${at} ${char}`] = good.slice(0, at) + char + good.slice(at + 1);
  }
  const count = async () => (await asSystem((db) => db.execute(sql`select from runs where trigger = 'link'`))).count;
  const before = await count();
  const told = new Set<string>();
  for (const [what, token] of Object.entries(tokens)) {
    const ways = [
      () => links.openPage(token, from()),
      () => links.say(visit(token), hello()),
      () => links.listConversations(visit(token)),
      () => links.readConversation(visit(token), newId()),
      () => links.requireOwnRun(visit(token), newId()),
      () => links.stopAnswer(visit(token), newId()),
    ];
    for (const way of what.startsWith('fuzz') ? ways.slice(0, 2) : ways) {
      const outcome = await way().then(
        () => `${what} opens something`,
        ({ code, message }) => `${code} ${message}`,
      );
      told.add(outcome);
    }
  }
  expect([...told]).toEqual([expect.stringMatching(/^NOT_FOUND There is no such page/)]);
  expect(await count()).toBe(before);
});

test("a visitor's run is a run of the published version, of the link and nobody else", async () => {
  const { owner, member, agentId, link, token } = await makeLinked({ instructions: 'Published.' });
  const agent = await agents.getAgent(member, { agentId });
  const { name, description, tags, draft, draftRevision: revision } = agent;
  await agents.saveDraft(member, {
    agentId,
    revision,
    name,
    description,
    tags,
    spec: { ...draft, instructions: 'Draft.' },
  });
  const { runId } = await links.say(visit(token), hello());
  const run = await getRun(owner, { runId });
  expect(run).toMatchObject({ trigger: 'link', version: 1, actorName: 'Public link', input: 'Hello', agentId });
  const page = { status: [], query: '', limit: 10 };
  expect((await listRuns(owner, { ...page, trigger: ['link'] })).items.map(({ id }) => id)).toEqual([runId]);
  expect((await listRuns(owner, { ...page, trigger: ['app', 'api', 'editor'] })).items).toEqual([]);
  const [row] = await asSystem((db) =>
    db.execute(
      sql`select r.actor_type, r.actor_id, p.spec->>'instructions' as said from runs r join run_payloads p on p.run_id = r.id where r.id = ${runId}`,
    ),
  );
  expect(row).toEqual({ actor_type: 'link', actor_id: link.id, said: 'Published.' });
  const { items } = await listAudit(owner, { query: runId, limit: 2 });
  expect(items).toMatchObject([{ action: 'run.start', actorType: 'link', actorId: link.id }]);
  expect(await links.findPublicLink(member, { agentId })).toMatchObject({ conversations: 1, messages: 1 });
});

test("a visitor has their own conversations, never another's, nor a member's, nor those of another link", async () => {
  const { owner, member, agentId, token } = await makeLinked();
  const mine = await links.say(visit(token), hello({ input: 'My secret' }));
  await finish(owner, mine.runId);
  const theirs = await links.say(visit(token), hello({ input: 'Their secret' }));
  await finish(owner, theirs.runId);
  const members = await startRun(member, { agentId, input: 'Ours', variables: {} }, 'app');
  const elsewhere = await makeLinked();
  const far = await links.say(visit(elsewhere.token), hello());

  expect(await links.listConversations(visit(token, mine.sealed))).toMatchObject([
    { id: mine.runId, title: 'My secret' },
  ]);
  expect(await links.readConversation(visit(token, mine.sealed), mine.conversationId)).toEqual([
    { runId: mine.runId, input: 'My secret', status: 'answered', answer: 'Hi.', problem: null },
  ]);
  await expect(links.requireOwnRun(visit(token, mine.sealed), mine.runId)).resolves.toBeDefined();

  const [seen] = await asSystem((db) =>
    db.execute(sql`select count(*)::int as n from runs where org_id = ${owner.org.id}`),
  );
  for (const id of [theirs.runId, members.id, far.runId, newId()]) {
    const me = visit(token, mine.sealed);
    await expect(links.readConversation(me, id)).rejects.toMatchObject(NOT_FOUND);
    await expect(links.requireOwnRun(me, id)).rejects.toMatchObject(NOT_FOUND);
    await expect(links.stopAnswer(me, id)).rejects.toMatchObject(NOT_FOUND);
    await expect(links.say(me, hello({ conversationId: id }))).rejects.toMatchObject(NOT_FOUND);
  }
  const [visitorId = '', mac = ''] = mine.sealed.split('.');
  const seals = [
    undefined,
    '',
    'x',
    visitorId,
    `${visitorId}.`,
    `${newId()}.${mac}`,
    `${visitorId}.${'A'.repeat(43)}`,
    mine.sealed.toUpperCase(),
    far.sealed,
    sealVisitor(newId(), visitorId),
  ];
  for (const seal of seals) {
    expect(await links.listConversations(visit(token, seal))).toEqual([]);
    await expect(links.requireOwnRun(visit(token, seal), mine.runId)).rejects.toMatchObject(NOT_FOUND);
  }
  const [after] = await asSystem((db) =>
    db.execute(sql`select count(*)::int as n from runs where org_id = ${owner.org.id}`),
  );
  expect(after).toEqual(seen);
  expect(await getRunSummary(owner, members.id)).toMatchObject({ status: 'queued' });
});

test('inside of the database a visitor sees one agent and what hangs on it', async () => {
  const { owner, member, agentId, link, token } = await makeLinked();
  const other = await makeAgent(member);
  await startRun(member, { agentId: other.id, input: 'Ours', variables: {} }, 'app');
  await links.say(visit(token), hello());
  const ctx: OrgContext = { ...owner, actor: { type: 'link', id: link.id, agentId }, permissions: ['runs:start'] };
  const seen = await withTenant(ctx, async ({ db }) => [
    ...(await db.execute<{ id: string }>(sql`select id from agents union all select agent_id from agent_versions
      union all select agent_id from runs union all select r.agent_id from run_payloads p join runs r on r.id = p.run_id`)),
  ]);
  expect(seen.map(({ id }) => id)).toEqual([agentId, agentId, agentId, agentId]);
  const start = startRun(ctx, { agentId: other.id, input: 'x', variables: {} }, 'link');
  await expect(start).rejects.toMatchObject(NOT_FOUND);
  for (const verb of [
    agents.listAgents(ctx, { query: '', status: ['active'], limit: 5 }),
    agents.createAgent(ctx, { name: 'x', description: '', tags: [], spec: other.draft, publish: false }),
    links.makePublicLink(ctx, { agentId }),
    listBudgets(ctx),
  ]) {
    await expect(verb).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});

test('variables are told without their defaults, and checked', async () => {
  const { token } = await makeLinked({
    instructions: '{{plan}} {{name}}',
    variables: [
      {
        name: 'plan',
        description: '',
        default: 'internal-default',
        type: 'choice',
        choices: ['internal-default', 'pro'],
      },
      { name: 'name', description: 'Yours', default: '', required: true },
    ],
    starterPrompts: ['Begin', ' '],
  });
  const page = await links.openPage(token, from());
  expect(page).toMatchObject({
    starterPrompts: ['Begin'],
    variables: [
      { name: 'plan', required: false },
      { name: 'name', required: true },
    ],
  });
  expect(Object.keys(page.variables[0] ?? {})).not.toContain('default');
  const missing = links.say(visit(token), hello());
  await expect(missing).rejects.toMatchObject({ code: 'INVALID', fields: { 'variables.name': 'given' } });
  await links.say(visit(token), hello({ variables: { name: 'Ada' } }));
});

test('limits of an hour count all visitors together, also at the same moment', async () => {
  const { owner, member, agentId, token } = await makeLinked({}, { messagesPerHour: 5, conversationsPerHour: 3 });
  const begun = await Promise.allSettled(Array.from({ length: 12 }, () => links.say(visit(token), hello())));
  const [first] = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  for (const one of begun) if (one.status === 'rejected') expect(one.reason).toMatchObject(LIMITED);
  const more = async () => {
    await withTenant(owner, ({ db }) =>
      db.execute(sql`update runs set status = 'completed' where org_id = ${owner.org.id}`),
    );
    return links.say(visit(token, first?.sealed), hello({ conversationId: first?.conversationId }));
  };
  await more();
  await more();
  await expect(more()).rejects.toMatchObject(LIMITED);
  await links.changePublicLink(member, { agentId, messagesPerHour: 6 });
  await more();
  expect(await links.findPublicLink(member, { agentId })).toMatchObject({ conversations: 3, messages: 6 });
});

test('one network is slowed down, others are not', async () => {
  const { token } = await makeLinked();
  const request = from();
  let refused = 0;
  for (let i = 0; i < 62; i += 1) {
    await links.say({ token, sealed: undefined, request }, hello()).catch((error) => {
      expect(error).toMatchObject(LIMITED);
      refused += 1;
    });
  }
  expect(refused).toBeGreaterThan(0);
  await links.say(visit(token), hello());
});

test('a daily limit is a budget of the link; used up, the page says so without saying how much', async () => {
  const { owner, member, agentId, link, token } = await makeLinked(
    { model: 'openai/gpt-5' },
    { dailyLimitMicros: 2_000_000, expiresAt: tomorrow() },
  );
  const [budget] = await listBudgets(owner);
  expect(budget).toMatchObject({
    scope: 'link',
    scopeId: link.id,
    scopeName: 'Test agent',
    period: 'day',
    limitMicros: 2_000_000,
  });
  await links.changePublicLink(member, { agentId, dailyLimitMicros: 0 });
  const refused = await links.say(visit(token), hello()).catch((error) => error);
  expect(refused).toMatchObject(LIMITED);
  expect(refused.message).not.toMatch(/\d|\$|budget/i);
  await links.changePublicLink(member, { agentId, dailyLimitMicros: null });
  expect(await listBudgets(owner)).toEqual([]);
  const { runId } = await links.say(visit(token), hello());
  await asSystem((db) =>
    db.execute(sql`insert into ledger_entries (org_id, run_id, seq, kind, reserved_micros, spent_micros, workspace_id, agent_id, actor_type, actor_id, item)
      select org_id, id, 1, 'settle', 0, 700, workspace_id, agent_id, actor_type, actor_id, 'm' from runs where id = ${runId}`),
  );
  const today = new Date().toISOString().slice(0, 10);
  const range = { from: today, to: today };
  expect((await getSpend(owner, range)).publicLinks).toMatchObject([
    { id: link.id, name: 'Test agent', costMicros: 700 },
  ]);
  const ledger = await listLedger(owner, { ...range, actorId: link.id, limit: 5 });
  expect(ledger.items).toMatchObject([{ actorType: 'link', actorName: 'Public link', costMicros: 700 }]);
  // What was spent before counts in a limit that is set anew.
  await links.changePublicLink(member, { agentId, dailyLimitMicros: 700 });
  expect(await listBudgets(owner)).toMatchObject([{ spentMicros: 700, alerted: 100 }]);
  await expect(links.say(visit(token), hello())).rejects.toMatchObject(LIMITED);
});

test('turning a link off, or replacing it, ends what its visitors asked', async () => {
  const { owner, member, agentId, token } = await makeLinked();
  const one = await links.say(visit(token), hello());
  const members = await startRun(member, { agentId, input: 'Ours', variables: {} }, 'app');
  await links.changePublicLink(member, { agentId, enabled: false });
  expect(await getRunSummary(owner, one.runId)).toMatchObject({ status: 'cancelled' });
  expect(await getRunSummary(owner, members.id)).toMatchObject({ status: 'queued' });
});
