import { expect, test } from 'vitest';
import { type AgentSpec, blankSpec } from '@/lib/contracts/agents';
import { listAudit } from '../audit/service';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import * as agents from './service';

const details = (agent: { name: string; description: string; tags: string[] }) => ({
  name: agent.name,
  description: agent.description,
  tags: agent.tags,
});
const withInstructions = (instructions: string): AgentSpec => ({ ...blankSpec(), instructions });

test('a draft is saved, published, compared and rolled back', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, { instructions: 'First.' }, false);
  expect(agent).toMatchObject({ status: 'draft', publishedVersion: null, unpublishedChanges: true, draftRevision: 1 });

  await agents.publishAgent(ctx, { agentId: agent.id, revision: 1, note: 'one' });
  await agents.saveDraft(ctx, { agentId: agent.id, revision: 1, ...details(agent), spec: withInstructions('Second.') });
  const second = await agents.publishAgent(ctx, { agentId: agent.id, revision: 2, note: 'two' });
  expect(second).toMatchObject({ version: 2, note: 'two', createdByName: 'Owner' });

  const back = await agents.rollbackAgent(ctx, { agentId: agent.id, version: 1 });
  expect(back).toMatchObject({ version: 3, note: 'Back to version 1' });
  const versions = await agents.listVersions(ctx, { agentId: agent.id, limit: 10 });
  expect(versions.items.map(({ version }) => version)).toEqual([3, 2, 1]);
  expect(versions.items[0]?.contentHash).toBe(versions.items[2]?.contentHash);
  const now = await agents.getAgent(ctx, { agentId: agent.id });
  expect(now).toMatchObject({ publishedVersion: 3, unpublishedChanges: false, draft: { instructions: 'First.' } });
});

test("a second tab's stale draft is a conflict and nothing of the first is lost", async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, {}, false);
  const save = (spec: AgentSpec) => agents.saveDraft(ctx, { agentId: agent.id, revision: 1, ...details(agent), spec });
  await save(withInstructions('Mine.'));
  await expect(save(withInstructions('Stale.'))).rejects.toMatchObject({ code: 'CONFLICT' });
  const kept = await agents.getAgent(ctx, { agentId: agent.id });
  expect(kept).toMatchObject({ draftRevision: 2, draft: { instructions: 'Mine.' } });
});

test('of two saves at the same moment exactly one wins', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx, {}, false);
  const results = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((text) =>
      agents.saveDraft(ctx, { agentId: agent.id, revision: 1, ...details(agent), spec: withInstructions(text) }),
    ),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('publishing needs the reviewed draft and a change', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx);
  const publish = (revision: number) => agents.publishAgent(ctx, { agentId: agent.id, revision, note: '' });
  await expect(publish(1)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  await expect(publish(7)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('an archived agent is out of the list, cannot change, and comes back', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx);
  const list = async () => (await agents.listAgents(ctx, { query: '', status: ['draft', 'active'], limit: 10 })).items;
  await agents.archiveAgent(ctx, { agentId: agent.id });
  expect(await list()).toEqual([]);
  const change = agents.saveDraft(ctx, { agentId: agent.id, revision: 1, ...details(agent), spec: blankSpec() });
  await expect(change).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  await agents.restoreAgent(ctx, { agentId: agent.id });
  expect(await list()).toMatchObject([{ id: agent.id, status: 'active' }]);
});

test('the list is searched by name and tag and paged without gap or repeat', async () => {
  const ctx = await makeOrganization();
  const create = (name: string, tags: string[] = []) =>
    agents.createAgent(ctx, { name, description: '', tags, spec: blankSpec(), publish: false });
  for (let i = 0; i < 7; i += 1) await create(`Helper ${i}`);
  await create('100%_sure', ['odd']);
  const find = async (query: string) =>
    (await agents.listAgents(ctx, { query, status: ['draft'], limit: 50 })).items.map(({ name }) => name);
  expect(await find('%_')).toEqual(['100%_sure']);
  expect(await find('odd')).toEqual(['100%_sure']);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await agents.listAgents(ctx, { query: 'helper', status: ['draft'], limit: 3, cursor });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(new Set(seen).size).toBe(7);
  expect(seen).toHaveLength(7);
});

test('another tenant finds nothing, a viewer may only look, and every change leaves an audit entry', async () => {
  const ctx = await makeOrganization();
  const stranger = await makeOrganization();
  const viewer = await makeMember(ctx, 'viewer');
  const agent = await makeAgent(ctx);
  await expect(agents.getAgent(stranger, { agentId: agent.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(agents.archiveAgent(stranger, { agentId: agent.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(agents.archiveAgent(viewer, { agentId: agent.id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await agents.getAgent(viewer, { agentId: agent.id })).toMatchObject({ status: 'active' });
  const trail = await listAudit(ctx, { query: agent.id, limit: 10 });
  expect(trail.items.map(({ action }) => action)).toEqual(['agent.publish', 'agent.create']);
});

test('a spec is refused with the field that is wrong', async () => {
  const ctx = await makeOrganization();
  const variable = { name: 'city', description: '', default: '' };
  const twice = agents.createAgent(ctx, {
    name: 'x',
    description: '',
    tags: [],
    spec: { ...blankSpec(), variables: [variable, variable] },
    publish: false,
  });
  await expect(twice).rejects.toMatchObject({ code: 'INVALID', fields: { 'spec.variables': 'city twice' } });
  const unknown = agents.createAgent(ctx, {
    name: 'x',
    description: '',
    tags: [],
    spec: { ...blankSpec(), model: 'nobody/knows' },
    publish: false,
  });
  await expect(unknown).rejects.toMatchObject({ code: 'INVALID' });
});
