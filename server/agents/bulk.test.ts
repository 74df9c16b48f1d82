import { expect, test } from 'vitest';
import { blankSpec, ListAgentsInput } from '@/lib/contracts/agents';
import { listAudit } from '../audit/service';
import type { OrgContext } from '../context';
import { makeMember, makeOrganization } from '../testing/factories';
import * as agents from './service';

const create = (ctx: OrgContext, name: string, tags: string[] = []) =>
  agents.createAgent(ctx, { name, description: '', tags, spec: blankSpec(), publish: false });
const namesOf = async (ctx: OrgContext, input: Partial<ListAgentsInput>) =>
  (await agents.listAgents(ctx, ListAgentsInput.parse(input))).items.map(({ name }) => name).sort();

test('several are archived at once, each for itself, and come back', async () => {
  const ctx = await makeOrganization();
  const stranger = await create(await makeOrganization(), 'Stranger');
  const [one, two] = [await create(ctx, 'One'), await create(ctx, 'Two')];
  await agents.archiveAgent(ctx, { agentId: two.id });
  const agentIds = [one.id, two.id, stranger.id, one.id];
  const outcomes = await agents.changeAgents(ctx, { agentIds, action: { type: 'archive' } });
  expect(outcomes).toEqual([
    { agentId: one.id, name: 'One', outcome: 'done', reason: null },
    { agentId: two.id, name: 'Two', outcome: 'refused', reason: expect.stringContaining('archived') },
    { agentId: stranger.id, name: null, outcome: 'refused', reason: expect.stringContaining('no such agent') },
  ]);
  await agents.changeAgents(ctx, { agentIds: [one.id], action: { type: 'restore' } });
  expect(await namesOf(ctx, {})).toEqual(['One']);
  const viewer = await makeMember(ctx, 'viewer');
  const refused = agents.changeAgents(viewer, { agentIds: [one.id], action: { type: 'archive' } });
  await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('tags are put on and taken off several, filter the list, and are renamed everywhere', async () => {
  const ctx = await makeOrganization();
  const [one, two] = [await create(ctx, 'One', ['a', 'b']), await create(ctx, 'Two')];
  const agentIds = [one.id, two.id];
  const tagged = await agents.changeAgents(ctx, { agentIds, action: { type: 'tag', tag: 'a' } });
  expect(tagged.map(({ outcome }) => outcome)).toEqual(['unchanged', 'done']);
  expect(await agents.listTags(ctx)).toEqual([
    { tag: 'a', count: 2 },
    { tag: 'b', count: 1 },
  ]);
  expect(await namesOf(ctx, { tags: ['a', 'b'] })).toEqual(['One']);
  expect(await agents.renameTag(ctx, { from: 'b', to: 'a' })).toEqual({ agents: 1 });
  expect(await agents.getAgent(ctx, { agentId: one.id })).toMatchObject({ tags: ['a'], draftRevision: 2 });
  await agents.changeAgents(ctx, { agentIds, action: { type: 'untag', tag: 'a' } });
  expect(await agents.listTags(ctx)).toEqual([]);
  const trail = await listAudit(ctx, { query: '', limit: 20 });
  expect(trail.items.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['agent.tag', 'agent.untag', 'agent.rename_tag']),
  );
  await expect(agents.renameTag(await makeOrganization(), { from: 'a', to: 'c' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a tag too many is refused for that agent alone, and an open editor is told of a new one', async () => {
  const ctx = await makeOrganization();
  const full = await create(
    ctx,
    'Full',
    Array.from({ length: 20 }, (_, index) => `t${index}`),
  );
  const free = await create(ctx, 'Free');
  const outcomes = await agents.changeAgents(ctx, { agentIds: [full.id, free.id], action: { type: 'tag', tag: 'x' } });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['refused', 'done']);
  const { name, description, draft: spec } = free;
  const stale = agents.saveDraft(ctx, { agentId: free.id, revision: 1, name, description, tags: [], spec });
  await expect(stale).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a copy is a draft of its own with the draft of the other', async () => {
  const ctx = await makeOrganization();
  const one = await create(ctx, 'x'.repeat(100), ['a']);
  const copy = await agents.duplicateAgent(ctx, { agentId: one.id });
  expect(copy).toMatchObject({ name: `${'x'.repeat(95)} copy`, tags: ['a'], status: 'draft', draft: one.draft });
  expect(copy.id).not.toBe(one.id);
});
