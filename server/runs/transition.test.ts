import { expect, test, vi } from 'vitest';
import { newId } from '@/db/columns';
import type { Sql } from '@/db/transaction';
import { StartRunInput } from '@/lib/contracts/runs';
import { createBudget, listBudgets } from '../budgets/service';
import { type OrgContext, type TenantContext, withTenant } from '../context';
import { makeAgent, makeOrganization } from '../testing/factories';
import { getRun, startRun } from './service';
import { Outdated, openSpan, recordSpan } from './span-begin';
import { closeSpan, endRun } from './span-end';

// There is no runner here, and none is waited for.
vi.mock('@/inngest/client', async (original) => ({ ...(await original<object>()), sendEvents: async () => {} }));

const RUNS = 200;

/** Rows of the table of runs that were read in this transaction so far. */
async function readIn({ sql }: TenantContext): Promise<number> {
  const [row] = await sql<{ read: string }[]>`select seq_tup_read + idx_tup_fetch as read
    from pg_stat_xact_user_tables where relid = 'runs'::regclass`;
  return Number(row?.read ?? 0);
}

test('what the engine writes reads its own run, and none of those beside it', async () => {
  const ctx = await makeOrganization();
  const agent = await makeAgent(ctx);
  const { id: runId } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: 'Hello' }), 'app');
  const counts = await withTenant({ ...ctx, actor: { type: 'system', id: 'engine' } }, async (tx) => {
    for (let n = 0; n < RUNS; n += 1) {
      const id = newId();
      await tx.sql`insert into runs (org_id, id, workspace_id, agent_id, version, conversation_id, trigger, model, actor_type, actor_id,
          input_preview, status, ended_at)
        select org_id, ${id}::uuid, workspace_id, agent_id, version, ${id}::uuid, trigger, model, actor_type, actor_id, '', 'completed', now()
        from runs where org_id = ${ctx.org.id} and id = ${runId}`;
    }
    // As it would be planned a moment later, when it is known how many there are.
    await tx.sql`reset role`;
    await tx.sql`analyze runs`;
    await tx.sql`set local role muster_tenant`;
    const before = await readIn(tx);
    const span = {
      runId,
      stepKey: 'model-0',
      kind: 'model',
      name: 'a model',
      status: 'running',
      queuedAt: new Date(),
    } as const;
    const opened = await openSpan(tx, span);
    const afterOpen = await readIn(tx);
    await closeSpan(tx, { runId, seq: opened?.seq ?? 0, status: 'completed', output: {} });
    const afterClose = await readIn(tx);
    await recordSpan(tx, { ...span, stepKey: 'tool-0-0', kind: 'tool', status: 'completed', output: {} });
    const afterRecord = await readIn(tx);
    await endRun(tx, runId, { status: 'cancelled' });
    const afterEnd = await readIn(tx);
    return [afterOpen - before, afterClose - afterOpen, afterRecord - afterClose, afterEnd - afterRecord];
  });
  expect(Math.max(...counts), `rows read: ${counts}`).toBeLessThan(10);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

test('a call of a run that was read before sets money aside in a budget made since', async () => {
  const ctx = await makeOrganization();
  const engine = { ...ctx, actor: { type: 'system', id: 'engine' } } as const;
  const agent = await makeAgent(ctx);
  const charge = { base: 0, outputRate: 1e6, wantedTokens: 40, leastTokens: 40, runLimitMicros: 1_000 };
  const open = async (step: number, isKnown: boolean) => {
    const { id: runId } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: 'Hello' }), 'app');
    const span = { runId, stepKey: `model-${step}`, kind: 'model', name: 'a model', status: 'running' } as const;
    const holds = isKnown ? (sql: Sql) => sql`revision = 0` : undefined;
    const opened = await openSpan(engine, { ...span, queuedAt: new Date(), charge, holds });
    return opened && 'seq' in opened ? { runId, ...opened } : opened;
  };
  const reserved = async () => (await listBudgets(ctx)).map(({ reservedMicros }) => reservedMicros);

  expect(await open(0, true)).toMatchObject({ grantedMicros: 40 });
  await createBudget(ctx, { scope: 'agent', scopeId: agent.id, period: 'day', limitMicros: 100 });
  await expect(open(1, true)).rejects.toBeInstanceOf(Outdated);
  expect(await reserved()).toEqual([0]);
  const call = await open(2, false);
  expect(call).toMatchObject({ grantedMicros: 40 });
  expect(await reserved()).toEqual([40]);
  // Now it is known at once.
  expect(await open(3, true)).toMatchObject({ grantedMicros: 40 });
  expect(await open(4, true)).toMatchObject({ refusedBy: 'agent', later: true });
  expect(await reserved()).toEqual([80]);
  const { runId, seq } = call as { runId: string; seq: number };
  const spent = { costMicros: 30, runLimitMicros: 1_000, usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 } };
  await closeSpan(engine, { runId, seq, status: 'completed', output: {}, ...spent });
  expect(await listBudgets(ctx)).toMatchObject([{ reservedMicros: 40, spentMicros: 30 }]);
});

test('a span that is over in no time is begun and ended at once, while its run goes on and nothing else has happened', async () => {
  const ctx = await makeOrganization();
  const engine = { ...ctx, actor: { type: 'system', id: 'engine' } } as const;
  const agent = await makeAgent(ctx);
  const { id: runId } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: 'Hello' }), 'app');
  const call = { runId, kind: 'tool', name: 'calculator', queuedAt: new Date(), input: { expression: '1' } } as const;
  const at = (revision: number) => (sql: Sql) => sql`revision = ${revision}`;
  const record = (stepKey: string, holds?: ReturnType<typeof at>) =>
    recordSpan(engine, { ...call, stepKey, holds, status: 'completed', output: { output: 1, isError: false } });
  const statusNow = async () => (await getRun(ctx, { runId })).status;

  expect(await record('tool-0-0', at(0))).toMatchObject({ seq: 1, revision: 1, output: { output: 1, isError: false } });
  await expect(record('tool-0-1', at(0))).rejects.toBeInstanceOf(Outdated);
  const error = { code: 'tool_failed', message: 'That is no expression.' } as const;
  await recordSpan(engine, { ...call, stepKey: 'tool-0-1', status: 'failed', output: { isError: true }, error });
  expect(await record('tool-0-1')).toMatchObject({ seq: 3 });
  expect((await getRun(ctx, { runId })).spans).toMatchObject([
    { seq: 1, stepKey: 'tool-0-0', status: 'completed', attempt: 0, errorCode: null, costMicros: null },
    { seq: 2, stepKey: 'tool-0-1', status: 'failed', attempt: 0, errorCode: 'tool_failed' },
    { seq: 3, stepKey: 'tool-0-1', status: 'completed', attempt: 1, revision: 3 },
  ]);

  // Beside a question to a person the run waits on, and beside other work it goes on.
  const other = { ...call, stepKey: 'tool-0-2', kind: 'human' } as const;
  await openSpan(engine, { ...other, status: 'waiting' });
  await record('tool-0-3');
  expect(await statusNow()).toBe('waiting');
  await openSpan(engine, { ...call, stepKey: 'tool-0-4', status: 'running' });
  await record('tool-0-5');
  expect(await statusNow()).toBe('running');

  await endRun(engine, runId, { status: 'cancelled' });
  expect(await record('tool-0-6')).toBeUndefined();
});

/** Does the first in a transaction that ends when the second waits for it. */
async function overtaken(
  engine: OrgContext,
  first: (tx: TenantContext) => Promise<unknown>,
  second: () => Promise<unknown>,
) {
  const { waited } = await withTenant(engine, async (tx) => {
    await first(tx);
    const waited = second();
    // Not pg_stat_activity: a transaction reads that once.
    const waiting = async () =>
      (await tx.sql`select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`).length;
    await expect.poll(waiting).toBe(1);
    return { waited };
  });
  await waited;
}

test('what a run does is known from both of two branches that write at the same time', async () => {
  const ctx = await makeOrganization();
  const engine: OrgContext = { ...ctx, actor: { type: 'system', id: 'engine' } };
  const agent = await makeAgent(ctx);
  const begin = async () => {
    const { id: runId } = await startRun(ctx, StartRunInput.parse({ agentId: agent.id, input: 'Hello' }), 'app');
    const call = { runId, kind: 'tool', name: 'a tool', queuedAt: new Date() } as const;
    return {
      runId,
      open: (tx: OrgContext, stepKey: string, status: 'running' | 'waiting') =>
        openSpan(tx, { ...call, stepKey, status }),
      record: () => recordSpan(engine, { ...call, stepKey: 'tool-0-9', status: 'completed', output: {} }),
      close: (tx: OrgContext, seq = 0) => closeSpan(tx, { runId, seq, status: 'completed', output: {} }),
      read: () => getRun(ctx, { runId }),
    };
  };

  const recorded = await begin();
  await overtaken(engine, (tx) => recorded.open(tx, 'tool-0-0', 'waiting'), recorded.record);
  expect(await recorded.read()).toMatchObject({
    status: 'waiting',
    spans: [{ status: 'waiting' }, { status: 'completed' }],
  });

  const closed = await begin();
  const work = await closed.open(engine, 'tool-0-0', 'running');
  await overtaken(
    engine,
    (tx) => closed.open(tx, 'tool-0-1', 'waiting'),
    () => closed.close(engine, work?.seq),
  );
  expect((await closed.read()).status).toBe('waiting');

  const answered = await begin();
  const question = await answered.open(engine, 'tool-0-0', 'waiting');
  await overtaken(engine, (tx) => answered.close(tx, question?.seq), answered.record);
  expect((await answered.read()).status).toBe('running');

  const ended = await begin();
  await overtaken(
    engine,
    (tx) => ended.open(tx, 'tool-0-0', 'waiting'),
    () => endRun(engine, ended.runId, { status: 'cancelled' }),
  );
  expect(await ended.read()).toMatchObject({ status: 'cancelled', spans: [{ status: 'cancelled' }] });
  // Its worker tells of it later, and changes nothing.
  await ended.close(engine, 1);
  const open = await withTenant(
    engine,
    ({ sql }) => sql`select from runs where running_spans < 0 or waiting_spans < 0`,
  );
  expect(open).toHaveLength(0);
});
