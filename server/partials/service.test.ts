import { expect, test } from 'vitest';
import { CreatePartialInput, ListPartialsInput } from '@/lib/contracts/partials';
import * as agents from '../agents/service';
import { getVersion, listAgents, publishAgent, saveDraft } from '../agents/service';
import { listAudit } from '../audit/service';
import type { OrgContext } from '../context';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import * as partials from './service';

const make = (ctx: OrgContext, name: string, text: string) =>
  partials.createPartial(ctx, CreatePartialInput.parse({ name, text }));
const change = (ctx: OrgContext, name: string, text: string, more: { revision?: number; newName?: string } = {}) =>
  partials.changePartial(ctx, { name, revision: 1, description: '', text, ...more });
const list = (ctx: OrgContext, input: object = {}) => partials.listPartials(ctx, ListPartialsInput.parse(input));
const usesOf = async (ctx: OrgContext, name: string) =>
  (await partials.listPartialUses(ctx, { name, limit: 50 })).items;
const publish = (ctx: OrgContext, agentId: string, revision = 1) => publishAgent(ctx, { agentId, revision, note: '' });

test('partials are made, found, paged by name, changed and deleted, each with an audit entry', async () => {
  const ctx = await makeOrganization();
  for (const name of ['tone_of_voice', 'a', 'tone_2', 'tone']) await make(ctx, name, `Text of ${name}.`);
  await expect(make(ctx, 'tone', 'Other.')).rejects.toMatchObject({ code: 'CONFLICT' });
  const first = await list(ctx, { query: 'tone', limit: 2 });
  expect(first.items.map(({ name }) => name)).toEqual(['tone', 'tone_2']);
  const second = await list(ctx, { query: 'tone', limit: 2, cursor: first.nextCursor });
  expect(second).toMatchObject({ items: [{ name: 'tone_of_voice', length: 22 }], nextCursor: null });
  await expect(list(ctx, { cursor: '\u0000' })).rejects.toMatchObject({ code: 'INVALID' });

  expect(await change(ctx, 'tone', 'Warm.')).toMatchObject({ text: 'Warm.', revision: 2, updatedByName: 'Owner' });
  await expect(change(ctx, 'tone', 'Stale.')).rejects.toMatchObject({ code: 'CONFLICT' });
  await partials.deletePartial(ctx, { name: 'tone' });
  await expect(partials.getPartial(ctx, { name: 'tone' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { items } = await listAudit(ctx, { query: 'partial.', limit: 10 });
  expect(items.map(({ action }) => action).slice(0, 3)).toEqual(['partial.delete', 'partial.change', 'partial.create']);
});

test('another tenant finds nothing, a viewer may only look', async () => {
  const ctx = await makeOrganization();
  const stranger = await makeOrganization();
  const viewer = await makeMember(ctx, 'viewer');
  await make(ctx, 'tone', 'Warm.');
  for (const verb of [partials.getPartial, partials.deletePartial]) {
    await expect(verb(stranger, { name: 'tone' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await expect(change(stranger, 'tone', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(usesOf(stranger, 'tone')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(change(viewer, 'tone', 'x')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await partials.getPartial(viewer, { name: 'tone' })).toMatchObject({ text: 'Warm.' });
  await expect(makeAgent(stranger, { instructions: '{{> tone}}' })).rejects.toThrow('There is no partial “tone”.');
});

test('a partial that would include itself is refused where it is saved, whichever way the circle closes', async () => {
  const ctx = await makeOrganization();
  await expect(make(ctx, 'me', 'I am {{> me}}.')).rejects.toMatchObject({
    code: 'INVALID',
    message: 'The partial me would include itself: me › me. Take {{> me}} out of me.',
    fields: { text: 'cycle' },
  });
  await make(ctx, 'a', 'See {{> b}} and {{> missing}}.');
  await expect(make(ctx, 'b', 'See {{> a}}.')).rejects.toThrow('b › a › b. Take {{> b}} out of a.');
  await make(ctx, 'b', 'End.');
  await expect(change(ctx, 'b', '{{> nothing_here}} {{> a}}')).rejects.toThrow('would include itself');
  await make(ctx, 'c', 'See {{> a}}.');
  await expect(change(ctx, 'c', 'See {{> a}}.', { newName: 'missing' })).rejects.toThrow('would include itself');
  const both = await Promise.allSettled([change(ctx, 'b', '{{> x}}'), make(ctx, 'x', '{{> b}}')]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('what includes a partial keeps it from growing too deep or too long', async () => {
  const ctx = await makeOrganization();
  for (const level of [1, 2, 3, 4]) await make(ctx, `p${level}`, `{{> p${level + 1}}}`);
  await make(ctx, 'p5', 'End.');
  await make(ctx, 'p6', 'Further.');
  await expect(change(ctx, 'p5', '{{> p6}}')).rejects.toThrow('at most 5 deep; this goes deeper: p1 › p2');
  await change(ctx, 'p1', '{{> p2}}'.repeat(20));
  await expect(change(ctx, 'p5', 'x'.repeat(20_000))).rejects.toThrow('more than 200,000 characters');
});

test('a published version is what it was, whatever becomes of its partials; publishing again takes the new text', async () => {
  const ctx = await makeOrganization();
  await make(ctx, 'inner', 'Warm, {{company}}.');
  await make(ctx, 'tone', 'Be {{> inner}}');
  const { id: agentId } = await makeAgent(ctx, { instructions: 'Help. {{> tone}}' });
  const frozen = { tone: 'Be {{> inner}}', inner: 'Warm, {{company}}.' };
  const first = await getVersion(ctx, { agentId, version: 1 });
  expect(first.spec.partials).toEqual(frozen);
  const now = () => agents.getAgent(ctx, { agentId });
  expect(await now()).toMatchObject({ unpublishedChanges: false, changedPartials: [] });
  await expect(publish(ctx, agentId)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });

  await change(ctx, 'inner', 'Brief.');
  expect(await now()).toMatchObject({ unpublishedChanges: true, changedPartials: ['inner'], draftRevision: 1 });
  const { items } = await listAgents(ctx, { query: '', status: ['active'], limit: 10 });
  expect(items).toMatchObject([{ unpublishedChanges: true }]);
  expect(await getVersion(ctx, { agentId, version: 1 })).toEqual(first);
  expect(await agents.getDraftPartials(ctx, { agentId })).toEqual({ ...frozen, inner: 'Brief.' });
  const second = await publish(ctx, agentId);
  expect(second.contentHash).not.toBe(first.contentHash);
  expect(await now()).toMatchObject({ unpublishedChanges: false, changedPartials: [] });

  const back = await agents.rollbackAgent(ctx, { agentId, version: 1 });
  expect(back.contentHash).toBe(first.contentHash);
  const after = await now();
  expect(after).toMatchObject({ unpublishedChanges: true, changedPartials: ['inner'] });
  expect(after.draft).not.toHaveProperty('partials');
});

test('a partial that changed after it was looked at is not published unseen', async () => {
  const ctx = await makeOrganization();
  await make(ctx, 'tone', 'Be warm.');
  const { id: agentId, draftRevision } = await makeAgent(ctx, { instructions: 'Help. {{> tone}}' });
  await change(ctx, 'tone', 'Be brief.');
  const reviewed = await agents.getDraftPartials(ctx, { agentId });
  await change(ctx, 'tone', 'Be rude.', { revision: 2 });
  const publishing = (partials: Record<string, string>) =>
    agents.publishAgent(ctx, { agentId, revision: draftRevision, note: '', partials });
  await expect(publishing(reviewed)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('tone'),
  });
  await expect(publishing({})).rejects.toMatchObject({ code: 'CONFLICT' });
  const seen = await agents.getDraftPartials(ctx, { agentId });
  expect(await publishing(seen)).toMatchObject({ version: 2 });
});

test('an agent without partials has none in its version', async () => {
  const ctx = await makeOrganization();
  const { id: agentId } = await makeAgent(ctx, { instructions: 'Help.' });
  expect((await getVersion(ctx, { agentId, version: 1 })).spec).not.toHaveProperty('partials');
});

test('a partial tells the agents that have it, those that published an older text, and those that have it by another', async () => {
  const ctx = await makeOrganization();
  await make(ctx, 'tone', 'Warm.');
  await make(ctx, 'house', '{{>tone}} Polite.');
  const direct = await makeAgent(ctx, { instructions: '{{>  tone }}' });
  const indirect = await makeAgent(ctx, { instructions: '{{> house}}' }, false);
  await makeAgent(ctx, { instructions: 'tone {{tone}} {{> ton' });
  const archived = await makeAgent(ctx, { instructions: '{{> tone}}' });
  await agents.archiveAgent(ctx, { agentId: archived.id });
  const inDraft = { inDraft: true, publishedVersion: null, isOlder: false };
  expect(await usesOf(ctx, 'tone')).toMatchObject([
    { agentId: direct.id, ...inDraft, publishedVersion: 1 },
    { agentId: indirect.id, ...inDraft },
  ]);
  await change(ctx, 'tone', 'Brief.');
  const { name, description, tags, draft } = direct;
  await saveDraft(ctx, {
    agentId: direct.id,
    revision: 1,
    name,
    description,
    tags,
    spec: { ...draft, instructions: 'No.' },
  });
  expect((await usesOf(ctx, 'tone'))[0]).toMatchObject({ inDraft: false, publishedVersion: 1, isOlder: true });
  expect(await partials.getPartial(ctx, { name: 'tone' })).toMatchObject({ includedBy: ['house'] });
});

test('what a draft or a partial includes is not deleted, and says by whom; what is published goes on', async () => {
  const ctx = await makeOrganization();
  await make(ctx, 'tone', 'Warm.');
  await make(ctx, 'house', '{{> tone}}');
  const { id: agentId, ...agent } = await makeAgent(ctx, { instructions: '{{> tone}}' });
  const remove = () => partials.deletePartial(ctx, { name: 'tone' });
  await expect(remove()).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'It is included by the partial house, Test agent. Take {{> tone}} out there first.',
  });
  await partials.deletePartial(ctx, { name: 'house' });
  const { name, description, tags, draft } = agent;
  await saveDraft(ctx, { agentId, revision: 1, name, description, tags, spec: { ...draft, instructions: 'No.' } });
  await remove();
  expect((await getVersion(ctx, { agentId, version: 1 })).spec.partials).toEqual({ tone: 'Warm.' });
  expect(await agents.getAgent(ctx, { agentId })).toMatchObject({ changedPartials: ['tone'] });
});

test('a renamed partial takes drafts and partials with it, and no version', async () => {
  const ctx = await makeOrganization();
  await make(ctx, 'tone', 'Warm.');
  await make(ctx, 'tone_2', 'Other.');
  await make(ctx, 'house', '{{> tone}} {{> tone_2}}');
  const { id: agentId } = await makeAgent(ctx, { instructions: 'A {{>tone}} {{tone}} {{> tone_2}} {{> house}}' });
  await expect(change(ctx, 'tone', 'x', { newName: 'tone_2' })).rejects.toMatchObject({ code: 'CONFLICT' });
  await change(ctx, 'tone', 'Warm.', { newName: 'voice' });
  const agent = await agents.getAgent(ctx, { agentId });
  expect(agent.draft.instructions).toBe('A {{> voice}} {{tone}} {{> tone_2}} {{> house}}');
  expect(agent).toMatchObject({ draftRevision: 2, unpublishedChanges: true });
  expect(await partials.getPartial(ctx, { name: 'house' })).toMatchObject({
    text: '{{> voice}} {{> tone_2}}',
    includes: ['voice', 'tone_2'],
    revision: 2,
  });
  expect((await getVersion(ctx, { agentId, version: 1 })).spec.partials).toHaveProperty('tone', 'Warm.');
  expect(await publish(ctx, agentId, 2)).toMatchObject({ version: 2 });
});

test('what a private agent of somebody else includes is not deleted, and is renamed there too, without a word of it', async () => {
  const admin = await makeOrganization();
  const mine = await makeMember(admin, 'developer');
  const other = await makeMember(admin, 'developer');
  await make(mine, 'tone', 'Be brief.');
  const agent = await makeAgent(mine, { instructions: '{{> tone}}' });
  await agents.changeVisibility(mine, { agentId: agent.id, visibility: 'private' });
  const refused = partials.deletePartial(other, { name: 'tone' });
  await expect(refused).rejects.toThrow('It is included by a private agent of somebody else.');
  await expect(refused).rejects.not.toThrow(agent.name);
  await change(other, 'tone', 'Be brief.', { newName: 'voice' });
  expect((await agents.getAgent(mine, { agentId: agent.id })).draft.instructions).toBe('{{> voice}}');
  expect((await listAgents(other, { query: '', status: ['draft', 'active'], limit: 50 })).items).toEqual([]);
});
