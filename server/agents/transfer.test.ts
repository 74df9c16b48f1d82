import { expect, test } from 'vitest';
import { ImportAgentsInput } from '@/lib/contracts/agent-documents';
import { AgentSpec, blankSpec } from '@/lib/contracts/agents';
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
