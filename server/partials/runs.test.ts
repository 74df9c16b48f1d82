import { afterAll, beforeAll, expect, test } from 'vitest';
import { StartRunInput } from '@/lib/contracts/runs';
import { publishAgent } from '../agents/service';
import type { OrgContext } from '../context';
import { rerunRun } from '../runs/repair';
import { getRun, getSpan, startRun } from '../runs/service';
import { waitForRun } from '../runs/watch';
import { makeAgent, makeOrganization } from '../testing/factories';
import { makeRunner } from '../testing/runner';
import { setSilentRunner } from '../testing/silent-runner';
import { changePartial, createPartial } from './service';

let runner: ReturnType<typeof makeRunner>;
beforeAll(() => {
  runner = makeRunner();
});
afterAll(() => runner.stop());

const change = (ctx: OrgContext, revision: number, text: string) =>
  changePartial(ctx, { name: 'script', revision, description: '', text });
const input = (agentId: string, more: object = {}) => StartRunInput.parse({ agentId, input: 'Go', ...more });

async function answerOf(ctx: OrgContext, runId: string): Promise<string | null> {
  await waitForRun(ctx, runId, AbortSignal.timeout(20_000));
  return (await getRun(ctx, { runId })).output;
}

test('a run goes on with the text it began with: of its version, or for a draft that of its beginning', async () => {
  const ctx = await makeOrganization();
  await createPartial(ctx, { name: 'script', description: '', text: '#script\nsay First, {{name}}.' });
  const variables = [{ name: 'name', description: '', default: '{{> script}}' }];
  const agent = await makeAgent(ctx, { instructions: '{{> script}}', model: 'sandbox/scripted', variables });
  const queued = await startRun(ctx, input(agent.id, { version: 'draft', variables: { name: 'Kim' } }), 'editor');
  await change(ctx, 1, '#script\nsay Second, {{name}}.');
  const published = await startRun(ctx, input(agent.id), 'app');
  const draft = await startRun(ctx, input(agent.id, { version: 'draft' }), 'editor');
  await change(ctx, 2, '#script\nsay Third, {{name}}.');
  await runner.start();

  expect(await answerOf(ctx, queued.id)).toBe('First, Kim.');
  // The value of a variable includes nothing.
  expect(await answerOf(ctx, published.id)).toBe('First, {{> script}}.');
  expect(await answerOf(ctx, draft.id)).toBe('Second, {{> script}}.');
  const again = await rerunRun(ctx, { runId: queued.id });
  expect(await answerOf(ctx, again.id)).toBe('First, Kim.');
  const { spans } = await getRun(ctx, { runId: again.id });
  const asked = await getSpan(ctx, { runId: again.id, seq: spans[0]?.seq ?? 0 });
  expect(asked.input).toMatchObject({ messages: [{ role: 'system', content: '#script\nsay First, Kim.' }, {}] });

  await publishAgent(ctx, { agentId: agent.id, revision: 1, note: '' });
  const anew = await startRun(ctx, input(agent.id, { variables: { name: 'Kim' } }), 'app');
  expect(await answerOf(ctx, anew.id)).toBe('Third, Kim.');
});

test('a draft with a partial that is not there is neither run nor published, and says which', async () => {
  setSilentRunner();
  const ctx = await makeOrganization();
  const { id: agentId } = await makeAgent(ctx, { instructions: 'Be {{> nice}}' }, false);
  const refused = {
    code: 'INVALID',
    message: 'There is no partial “nice”. Make it under Agents, Partials, or take {{> nice}} out of the instructions.',
    fields: { 'spec.instructions': 'nice unknown' },
  };
  await expect(startRun(ctx, input(agentId, { version: 'draft' }), 'editor')).rejects.toMatchObject(refused);
  await expect(publishAgent(ctx, { agentId, revision: 1, note: '' })).rejects.toMatchObject(refused);
  await createPartial(ctx, { name: 'nice', description: '', text: 'nice.' });
  expect(await publishAgent(ctx, { agentId, revision: 1, note: '' })).toMatchObject({ version: 1 });
});
