import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT_TEMPLATES, BLANK } from '@/lib/agent-templates';
import { AgentSpec } from '@/lib/contracts/agents';
import { type Run, StartRunInput } from '@/lib/contracts/runs';
import { listArtifacts } from '@/server/artifacts/service';
import type { OrgContext } from '@/server/context';
import { getRun, getSpan, startRun } from '@/server/runs/service';
import { waitForRun } from '@/server/runs/watch';
import { makeAgent, makeOrganization } from '@/server/testing/factories';
import { makeRunner } from '@/server/testing/runner';

let runner: ReturnType<typeof makeRunner>;
let ctx: OrgContext;
beforeAll(async () => {
  runner = makeRunner();
  await runner.start();
  ctx = await makeOrganization();
});
afterAll(() => runner.stop());

const toolsOf = ({ spans }: Run) => spans.flatMap(({ kind, name }) => (kind === 'model' ? [] : [name]));

/** What each template promises of its first starter prompt. */
const PROMISES: Record<string, (run: Run) => void | Promise<void>> = {
  assistant: (run) => {
    expect(toolsOf(run)).toEqual(['calculator']);
    expect(run.output).toContain('424.83');
  },
  'world-clock': (run) => {
    expect(toolsOf(run)).toEqual(['current_time', 'current_time', 'current_time']);
    expect(run.output).toMatch(/Tokyo[\s\S]*London[\s\S]*New York/);
  },
  'always-answers': async (run) => {
    expect(run.output).toContain('391');
    const [first] = run.spans;
    expect(first).toMatchObject({ name: 'sandbox/assistant' });
    const { input } = await getSpan(ctx, { runId: run.id, seq: first?.seq ?? 0 });
    expect(input).toMatchObject({ routing: { skipped: [{ reason: 'no_key' }, { reason: 'no_key' }] } });
  },
  'refund-desk': (run) => {
    expect(run.status).toBe('waiting');
    expect(run.approvals).toMatchObject([{ status: 'open', question: expect.stringContaining('order 1042') }]);
  },
  'ticket-triage': (run) => {
    expect(run.input).not.toContain('4111');
    expect(JSON.parse(run.output ?? '')).toMatchObject({
      category: 'billing',
      priority: 'high',
      email: 'kim@example.com',
    });
  },
  'private-desk': (run) => {
    expect(run.input).toContain('[e-mail address]');
    expect(run.output).toContain('16');
  },
  'invoice-reader': (run) => {
    const invoice = { total: 1249.5, currency: 'EUR', due: '2027-03-31', email: 'billing@acme.example' };
    expect(JSON.parse(run.output ?? '')).toEqual(invoice);
  },
  'report-writer': async (run) => {
    expect(toolsOf(run)).toEqual(['write_file']);
    expect(await listArtifacts(ctx, { runId: run.id })).toMatchObject([{ name: 'week.md' }]);
  },
  'number-cruncher': (run) => {
    expect(toolsOf(run)).toEqual(['code_interpreter']);
    expect(run.output).toMatch(/54/);
  },
  // There is no key for a search engine here: the tool is asked, and the agent says what is missing.
  researcher: (run) => {
    expect(toolsOf(run)).toEqual(['web_search']);
    expect(run.output).toMatch(/TAVILY|key/i);
  },
};

test('there are ten templates, each a whole spec that says what it may touch', () => {
  expect(AGENT_TEMPLATES.map(({ id }) => id).sort()).toEqual(Object.keys(PROMISES).sort());
  for (const { spec, touches } of [BLANK, ...AGENT_TEMPLATES]) {
    expect(AgentSpec.parse(spec)).toEqual(spec);
    expect(touches).not.toBe('');
  }
});

test.each(AGENT_TEMPLATES)('$id does on the sandbox what it promises', async ({ id, spec }) => {
  const agent = await makeAgent(ctx, spec);
  const input = spec.starterPrompts[0] ?? '';
  const { id: runId } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input }), 'app');
  await waitForRun(ctx, runId, AbortSignal.timeout(25_000));
  const run = await getRun(ctx, { runId });
  expect([run.status === 'waiting' ? 'completed' : run.status, run.errorMessage]).toEqual(['completed', null]);
  await PROMISES[id]?.(run);
});
