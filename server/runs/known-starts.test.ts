import { beforeEach, expect, test, vi } from 'vitest';
import type { Agent } from '@/lib/contracts/agents';
import { StartRunInput } from '@/lib/contracts/runs';
import { getSpec } from '../agents/queries';
import { archiveAgent, changeVisibility, publishAgent, restoreAgent, saveDraft } from '../agents/service';
import type { OrgContext } from '../context';
import { saveCredential } from '../models/service';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import { keepRunner } from '../testing/runner';
import { getRun, startRun } from './service';

vi.mock('../agents/queries', { spy: true });

keepRunner();
beforeEach(() => vi.clearAllMocks());

async function start(ctx: OrgContext, { id }: Agent, input: Partial<StartRunInput> = {}) {
  const started = await startRun(ctx, StartRunInput.parse({ agentId: id, input: 'Hello', ...input }), 'app');
  return getRun(ctx, { runId: started.id });
}

const reads = () => vi.mocked(getSpec).mock.calls.length;

async function save(ctx: OrgContext, agent: Agent, spec: Agent['draft']): Promise<number> {
  const { id, name, description, tags, draftRevision } = agent;
  const saved = await saveDraft(ctx, { agentId: id, name, description, tags, spec, revision: draftRevision });
  return saved.draftRevision;
}

/** An agent that a run was started of; nothing is read for a second one. */
async function makeKnown(): Promise<{ ctx: OrgContext; agent: Agent }> {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, { model: 'sandbox/scripted', tools: [{ name: 'ask_human' }] });
  await start(ctx, agent);
  expect(reads()).toBe(1);
  expect(await start(ctx, agent)).toMatchObject({ version: 1 });
  expect(reads()).toBe(1);
  return { ctx, agent };
}

test('the version that was published since is read, and run', async () => {
  const { ctx, agent } = await makeKnown();
  const draftRevision = await save(ctx, agent, { ...agent.draft, instructions: 'Second.' });
  await start(ctx, agent);
  expect(reads()).toBe(1);
  await publishAgent(ctx, { agentId: agent.id, revision: draftRevision, note: '' });
  expect(await start(ctx, agent)).toMatchObject({ version: 2 });
  expect(reads()).toBe(2);
  expect(await start(ctx, agent, { version: 1 })).toMatchObject({ version: 1 });
  expect(await start(ctx, agent, { version: 1 })).toMatchObject({ version: 1 });
  expect(reads()).toBe(3);
});

test('what a new version declares is asked for, what it does not declare any more is not', async () => {
  const { ctx, agent } = await makeKnown();
  const variable = { name: 'city', type: 'text', required: true, default: '', description: '' } as const;
  const spec = { ...agent.draft, instructions: 'In {{city}}.', variables: [variable] };
  const draftRevision = await save(ctx, agent, spec);
  await publishAgent(ctx, { agentId: agent.id, revision: draftRevision, note: '' });
  expect(await start(ctx, agent, { variables: { city: 'Bern' } })).toMatchObject({ version: 2 });
  await expect(start(ctx, agent)).rejects.toThrow('The variable city must be given.');
});

test('an archived agent starts nothing, a restored one does', async () => {
  const { ctx, agent } = await makeKnown();
  await archiveAgent(ctx, { agentId: agent.id });
  await expect(start(ctx, agent)).rejects.toThrow('This agent is archived.');
  await restoreAgent(ctx, { agentId: agent.id });
  expect(await start(ctx, agent)).toMatchObject({ version: 1 });
});

test('an agent that was made private is not there for others', async () => {
  const { ctx, agent } = await makeKnown();
  const member = await makeMember(ctx, 'developer');
  expect(await start(member, agent)).toMatchObject({ version: 1 });
  await changeVisibility(ctx, { agentId: agent.id, visibility: 'private' });
  await expect(start(member, agent)).rejects.toThrow('agent');
  const stranger = await makeOrganization();
  await expect(start(stranger, agent)).rejects.toThrow('agent');
});

test('a key that was saved since is read before the next run', async () => {
  const { ctx, agent } = await makeKnown();
  await saveCredential(ctx, { provider: 'openai', key: 'sk-test-0123456789' });
  await start(ctx, agent);
  expect(reads()).toBe(2);
  await start(ctx, agent);
  expect(reads()).toBe(2);
});

test('a conversation that is busy is busy for what is known, too', async () => {
  const { ctx, agent } = await makeKnown();
  const input = '#script\ncall ask_human {"question": "Go on?"}';
  const { conversationId } = await start(ctx, agent, { input });
  await expect(start(ctx, agent, { conversationId })).rejects.toThrow('The agent is still answering');
});
