import { expect, test } from 'vitest';
import { ImportAgentsInput } from '@/lib/contracts/agent-documents';
import { AgentSpec, blankSpec } from '@/lib/contracts/agents';
import type { OrgContext } from '../context';
import { changePartial, createPartial, getPartial, listOfferedPartials } from '../partials/service';
import { makeAgent, makeMember, makeOrganization } from '../testing/factories';
import * as agents from './service';

const imported = (input: Partial<ImportAgentsInput>) => ImportAgentsInput.parse(input);

test('a version that goes through a file into another organization keeps its hash', async () => {
  const from = await makeOrganization();
  const to = await makeOrganization();
  const agent = await makeAgent(from, {
    instructions: 'Line one.\n\n  two: "three" # four\n',
    starterPrompts: ['yes'],
  });
  const file = await agents.exportAgents(from, { agentIds: [agent.id], version: 1 });
  const report = await agents.importAgents(to, imported({ document: file }));
  expect(report).toMatchObject({ written: true, items: [{ action: 'create', problems: [], missing: [] }] });
  const agentId = report.items[0]?.agentId as string;
  await agents.publishAgent(to, { agentId, revision: 1, note: '' });
  const [there, here] = await Promise.all([
    agents.getVersion(to, { agentId, version: 1 }),
    agents.getVersion(from, { agentId: agent.id, version: 1 }),
  ]);
  expect(there.contentHash).toBe(here.contentHash);
  expect(await agents.exportAgents(to, { agentIds: [agentId], version: 'published' })).toBe(file);
});

test('several agents in a file: those of a known name are changed, others made, the same left alone', async () => {
  const ctx = await makeOrganization();
  const create = (name: string, instructions: string) =>
    agents.createAgent(ctx, {
      name,
      description: '',
      tags: [],
      spec: { ...blankSpec(), instructions },
      publish: false,
    });
  const [one, two] = [await create('One', 'Old.'), await create('Two', 'Same.')];
  const file = await agents.exportAgents(ctx, { agentIds: [one.id, two.id], version: 'draft' });
  const document = `${file.replace('Old.', 'New.')}---\n${file.split('---\n')[0]?.replace('One', 'Three')}`;
  const input = imported({ document, onSameName: 'update' });
  const actions = ['update', 'unchanged', 'create'];
  const before = await agents.importAgents(ctx, { ...input, dryRun: true });
  expect(before.items.map(({ action }) => action)).toEqual(actions);
  expect(await agents.getAgent(ctx, { agentId: one.id })).toMatchObject({ draftRevision: 1 });
  await agents.importAgents(ctx, input);
  expect(await agents.getAgent(ctx, { agentId: one.id })).toMatchObject({
    draftRevision: 2,
    draft: { instructions: 'New.' },
  });
  expect(await agents.getAgent(ctx, { agentId: two.id })).toMatchObject({ draftRevision: 1 });
});

test('what this organization has not is named with what to do; the draft is made, publishing waits', async () => {
  const from = await makeOrganization();
  const spec = AgentSpec.parse({
    ...blankSpec(),
    model: { policy: 'fixed', models: ['together/some-model'], fallback: ['sandbox/assistant'] },
    tools: [{ name: 'lookup_order' }, { name: 'calculator' }],
    connectors: [{ connector: 'orders', alias: 'orders', access: 'read' }],
  });
  const draft = await agents.createAgent(from, {
    ...{ name: 'Needy', description: '', tags: [], publish: false },
    spec: { ...spec, tools: [] },
  });
  const { name, description, tags } = draft;
  await agents.saveDraft(from, { agentId: draft.id, revision: 1, name, description, tags, spec });
  const document = await agents.exportAgents(from, { agentIds: [draft.id], version: 'draft' });
  const { items } = await agents.importAgents(await makeOrganization(), imported({ document }));
  expect(items[0]?.missing).toEqual([
    { what: 'tool', name: 'lookup_order', todo: expect.stringContaining('under Tools') },
    { what: 'connector', name: 'orders', todo: expect.stringContaining('under Connectors') },
    { what: 'model', name: 'together/some-model', todo: expect.stringContaining('Add a key for together') },
  ]);
});

test('with one wrong document nothing is imported, and the answer names line and field', async () => {
  const ctx = await makeOrganization();
  const good = await agents.exportAgents(ctx, { agentIds: [(await makeAgent(ctx)).id], version: 'draft' });
  const document = `${good}---\n${good.replace('sandbox/assistant', 'nobody/knows')}`;
  const report = await agents.importAgents(ctx, imported({ document, dryRun: true }));
  expect(report.items.map(({ action }) => action)).toEqual(['create', 'refused']);
  await expect(agents.importAgents(ctx, imported({ document }))).rejects.toMatchObject({
    code: 'INVALID',
    message: expect.stringMatching(/^Line \d+.*nobody.*Nothing was imported/),
  });
  const { items } = await agents.listAgents(ctx, { query: '', status: ['draft', 'active'], limit: 10 });
  expect(items).toHaveLength(1);
});

test('another tenant exports nothing, a viewer imports nothing', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx);
  const viewer = await makeMember(ctx, 'viewer');
  const exporting = agents.exportAgents(await makeOrganization(), { agentIds: [agent.id], version: 'draft' });
  await expect(exporting).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const document = await agents.exportAgents(viewer, { agentIds: [agent.id], version: 'draft' });
  await expect(agents.importAgents(viewer, imported({ document }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

const partialsOf = async (ctx: OrgContext) => (await listOfferedPartials(ctx)).map(({ name }) => name);

test('an agent takes its partials along: made where there are none, and the version keeps its hash', async () => {
  const [from, to] = [await makeOrganization(), await makeOrganization()];
  await createPartial(from, { name: 'inner', description: '', text: 'Warm. \n {{company}}\n' });
  await createPartial(from, { name: 'tone', description: 'How we write', text: 'Be {{> inner}}' });
  const agent = await makeAgent(from, { instructions: 'Help. {{> tone}}' });
  const file = await agents.exportAgents(from, { agentIds: [agent.id], version: 1 });
  expect(await agents.exportAgents(from, { agentIds: [agent.id], version: 'draft' })).toBe(file);
  const dry = await agents.importAgents(to, imported({ document: `${file}---\n${file}`, dryRun: true }));
  const created = ['inner', 'tone'].map((name) => ({ name, action: 'create' }));
  const there = created.map(({ name }) => ({ name, action: 'unchanged' }));
  expect(dry.items).toMatchObject([
    { partials: created, missing: [] },
    { partials: there, missing: [] },
  ]);
  expect(await partialsOf(to)).toEqual([]);
  const { items } = await agents.importAgents(to, imported({ document: file }));
  const agentId = items[0]?.agentId as string;
  expect((await agents.getAgent(to, { agentId })).draft).not.toHaveProperty('partials');
  await agents.publishAgent(to, { agentId, revision: 1, note: '' });
  const hashOf = async (ctx: OrgContext, id: string) =>
    (await agents.getVersion(ctx, { agentId: id, version: 1 })).contentHash;
  expect(await hashOf(to, agentId)).toBe(await hashOf(from, agent.id));
  expect(await agents.exportAgents(to, { agentIds: [agentId], version: 'published' })).toBe(file);
  const again = await agents.importAgents(to, imported({ document: file, onSameName: 'update' }));
  expect(again.items).toMatchObject([{ action: 'unchanged', partials: there }]);
});

test('a partial that is here with another text stays, and that is told; one that neither has is named', async () => {
  const [from, to] = [await makeOrganization(), await makeOrganization()];
  await createPartial(from, { name: 'tone', description: '', text: 'Warm.' });
  await createPartial(from, { name: 'rules', description: '', text: 'All of {{> law}}' });
  await createPartial(to, { name: 'tone', description: '', text: 'Brief.' });
  const draft = await makeAgent(from, { instructions: '{{> tone}} {{> rules}}' }, false);
  const document = await agents.exportAgents(from, { agentIds: [draft.id], version: 'draft' });
  const { items } = await agents.importAgents(to, imported({ document }));
  expect(items[0]).toMatchObject({
    partials: [
      { name: 'rules', action: 'create' },
      { name: 'tone', action: 'kept' },
    ],
    missing: [{ what: 'partial', name: 'law', todo: expect.stringContaining('Agents, Partials') }],
  });
  expect(await getPartial(to, { name: 'tone' })).toMatchObject({ text: 'Brief.', revision: 1 });
});

test('a file whose partials would include themselves is refused by line, and makes nothing', async () => {
  const [from, to] = [await makeOrganization(), await makeOrganization()];
  await createPartial(from, { name: 'a', description: '', text: 'See b.' });
  const agent = await makeAgent(from, { instructions: '{{> a}}' }, false);
  const document = await agents.exportAgents(from, { agentIds: [agent.id], version: 'draft' });
  await createPartial(to, { name: 'b', description: '', text: '{{> a}}' });
  const circular = imported({ document: document.replace('See b.', '"See {{> b}}."') });
  const dry = await agents.importAgents(to, { ...circular, dryRun: true });
  expect(dry.items[0]).toMatchObject({ action: 'refused', problems: [{ field: 'spec.partials' }] });
  await expect(agents.importAgents(to, circular)).rejects.toThrow('The partial a would include itself');
  expect(await partialsOf(to)).toEqual(['b']);
  await changePartial(to, { name: 'b', revision: 1, description: '', text: 'End.' });
  expect(await agents.importAgents(to, circular)).toMatchObject({ written: true });
});
