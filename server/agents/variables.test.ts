import { expect, test } from 'vitest';
import { AgentVariable } from '@/lib/contracts/agent-variables';
import { StartRunInput } from '@/lib/contracts/runs';
import { startRun } from '../runs/service';
import { makeAgent, makeOrganization } from '../testing/factories';
import { setSilentRunner } from '../testing/silent-runner';

test('a run is refused with the variable that is missing or not of its type, and what it must be', async () => {
  setSilentRunner();
  const ctx = await makeOrganization();
  const declared = [
    { name: 'tone', type: 'choice', choices: ['formal', 'friendly'], default: 'formal' },
    { name: 'most', type: 'number' },
    { name: 'customer', required: true },
  ].map((variable) => AgentVariable.parse(variable));
  const { id: agentId } = await makeAgent(ctx, { variables: declared });
  const start = (variables: Record<string, string>) =>
    startRun(ctx, StartRunInput.parse({ agentId, input: 'Hello', variables }), 'api');
  await expect(start({})).rejects.toMatchObject({
    code: 'INVALID',
    message: 'The variable customer must be given.',
    fields: { 'variables.customer': 'given' },
  });
  await expect(start({ customer: ' ' })).rejects.toMatchObject({ code: 'INVALID' });
  await expect(start({ customer: 'Kim', most: 'many' })).rejects.toThrow('most must be a number');
  await expect(start({ customer: 'Kim', tone: 'rude' })).rejects.toThrow('tone must be one of: formal, friendly');
  expect(await start({ customer: 'Kim', tone: 'friendly', most: '3.5' })).toMatchObject({ agentId });
});
