import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentSpec, blankSpec } from '@/lib/contracts/agents';
import { CreateMcpServerInput } from '@/lib/contracts/mcp';
import { StartRunInput } from '@/lib/contracts/runs';
import { env } from '@/lib/env';
import { decideApproval } from '@/server/approvals/decide';
import type { OrgContext } from '@/server/context';
import { getRun, getSpan, startRun } from '@/server/runs/service';
import { waitForRun, watchRun } from '@/server/runs/watch';
import { makeAgent, makeOrganization } from '@/server/testing/factories';
import { makeMcpServer, said } from '@/server/testing/mcp-server';
import { makeRunner } from '@/server/testing/runner';
import { createServer } from '@/server/tools/mcp/service';

let runner: ReturnType<typeof makeRunner>;
let remote: Awaited<ReturnType<typeof makeMcpServer>>;
let ctx: OrgContext;
const before = env.MUSTER_CONNECTOR_PRIVATE_HOSTS;

beforeAll(async () => {
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = '127.0.0.1';
  runner = makeRunner();
  await runner.start();
  ctx = await makeOrganization();
  remote = await makeMcpServer([
    { name: 'find', annotations: { readOnlyHint: true }, run: ({ id }) => said(`Order ${id} is on its way.`) },
    { name: 'cancel', run: ({ id }) => said(`Order ${id} is cancelled.`) },
  ]);
  await createServer(ctx, CreateMcpServerInput.parse({ name: 'orders', url: remote.url }));
});
afterAll(async () => {
  await runner.stop();
  await remote.close();
  env.MUSTER_CONNECTOR_PRIVATE_HOSTS = before;
});

async function run(script: string[], tools: string[]) {
  const instructions = `#script\n${script.join('\n---\n')}`;
  const given = tools.map((name) => ({ name }));
  const spec = AgentSpec.parse({ ...blankSpec('sandbox/scripted'), instructions, tools: given });
  const agent = await makeAgent(ctx, spec);
  const { id } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: 'Go' }), 'app');
  return rest(id);
}
async function rest(runId: string) {
  await waitForRun(ctx, runId, AbortSignal.timeout(20_000));
  return getRun(ctx, { runId });
}
const resultOf = async (runId: string, name: string) => {
  const { spans } = await getRun(ctx, { runId });
  const span = spans.find((one) => one.kind === 'tool' && one.name === name);
  return (await getSpan(ctx, { runId, seq: span?.seq ?? 0 })).output;
};

test('a run calls tools of a remote server; one that may change something asks a person first', async () => {
  const script = ['call orders__find {"id": 7}', 'call orders__cancel {"id": 7}', 'say Done.'];
  const waiting = await run(script, ['orders__find', 'orders__cancel']);
  expect(waiting.status).toBe('waiting');
  expect(remote.calls).toEqual([{ name: 'find', input: { id: 7 } }]);
  const [approval] = waiting.approvals;
  expect(approval).toMatchObject({ tool: 'orders__cancel', proposed: { id: 7 } });
  await decideApproval(ctx, { approvalId: approval?.id ?? '', decision: { type: 'approve' } });
  for await (const { event } of watchRun(ctx, { runId: waiting.id }, AbortSignal.timeout(20_000))) {
    expect(event).toBeDefined();
  }
  const ended = await getRun(ctx, { runId: waiting.id });
  expect(ended).toMatchObject({ status: 'completed', output: 'Done.' });
  expect(await resultOf(ended.id, 'orders__find')).toMatchObject({ output: 'Order 7 is on its way.', isError: false });
  expect(await resultOf(ended.id, 'orders__cancel')).toMatchObject({ output: 'Order 7 is cancelled.' });
});

test('a server that is gone fails its own tools, and nothing else of the run', async () => {
  const gone = await makeMcpServer([{ name: 'find', annotations: { readOnlyHint: true } }]);
  await createServer(ctx, CreateMcpServerInput.parse({ name: 'gone', url: gone.url }));
  await gone.close();
  const script = [
    'call gone__find {}',
    'call gone__find {"again": 1}',
    'call calculator {"expression": "6*7"}',
    'say Done.',
  ];
  const ended = await run(script, ['gone__find', 'calculator']);
  expect(ended).toMatchObject({ status: 'completed', output: 'Done.' });
  expect(await resultOf(ended.id, 'gone__find')).toMatchObject({ isError: true });
  expect(JSON.stringify(await resultOf(ended.id, 'calculator'))).toContain('42');
});
